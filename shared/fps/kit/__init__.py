"""The machinery, written once for the four services: transactions, letters, time, wire."""
