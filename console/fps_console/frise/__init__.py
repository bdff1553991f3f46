"""A dossier at a date: what its acts, up to that day, say that each party knew, had written, expected and owed."""
