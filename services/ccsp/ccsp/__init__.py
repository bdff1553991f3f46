"""Service of the parking court: requests, instruction, decisions."""
