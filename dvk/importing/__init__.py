"""Models from the tables that organisations keep: read, checked as a whole, then sent."""
