"""What the tables that organisations keep say: read, checked as a whole, then sent."""
