"""The notification service: who is told what, and that it arrived."""
