"""The audit service: timelines, states as at a time, the log."""
