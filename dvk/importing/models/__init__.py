"""Models: the table's columns, what a row must fit, and how it is sent."""
