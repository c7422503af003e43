"""The one command: the composition root of the services, and what people do with them at a terminal."""
