"""The figures of the project, each measured beside its limit in one run: `make bench`, or `python -m benchmarks NAME…` for some only."""
