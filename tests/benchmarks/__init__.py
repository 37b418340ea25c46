"""What it costs, beside what else there is: `make bench` runs all of it and writes docs/benchmarks.md."""
