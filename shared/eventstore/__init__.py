"""The event store port, its entry encoding and its three adapters."""
