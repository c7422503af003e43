"""Organisations, movements and their calendar, models from survey to results."""
