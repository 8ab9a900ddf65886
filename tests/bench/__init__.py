"""Benchmarks: `python -m tests.bench [--quick] [name ...]`. Every figure is compared with a peer in the same run."""
