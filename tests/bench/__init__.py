"""Measurements beside comparable systems; `python -m tests.bench`, and no part of the tests."""
