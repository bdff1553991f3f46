"""The towns as data: their model, those that are shipped, their tariffs."""
