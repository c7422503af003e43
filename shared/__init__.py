"""What every service stands on: contracts, ports with their adapters, and the host that runs a service."""
