"""The checks that play something, one file a phase."""
