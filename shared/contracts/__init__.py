"""Published events: the only thing services see of each other."""
