"""The tables of ANTAI, and the reads of its screens, by what they read."""
