"""The French words of messages, acts, fields and states, one table each, read by every screen."""
