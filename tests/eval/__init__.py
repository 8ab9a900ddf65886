"""How well replies are understood: `python -m tests.eval`."""
