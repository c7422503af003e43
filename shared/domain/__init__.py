"""The kit that domain modules are written with: pure, no I/O, no clock, no randomness."""
