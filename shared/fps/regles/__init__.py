"""The rules that several parties apply alike, written once."""
