"""The plans: which requirements are tried, by which checks, on which product."""
