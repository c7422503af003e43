"""The demonstration: a province and a year of its movement, played through the public HTTP APIs."""
