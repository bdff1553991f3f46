"""The messages of the 16 flows, one module per business noun."""
