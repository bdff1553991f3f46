"""A service as a program: its application, its commands, its contracts, the pilot's routes, its migrations."""
