"""The pure core: what is owed, what was said, what is due, and why. No I/O, no clock, no randomness."""
