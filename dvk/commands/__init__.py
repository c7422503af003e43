"""The subcommands of `dvk`, one a module."""
