"""The benchmark: ``make bench`` prints a table and writes JSON. See docs/benchmark.md."""
