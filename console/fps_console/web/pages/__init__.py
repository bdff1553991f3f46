"""The families of pages, one module each, and their table (`table.py`)."""
