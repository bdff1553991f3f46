"""What was done by hand in a bac, turned into a life that plays the same."""
