"""The population of a town through years: who is found, what each does, the run that plays it, what is counted at the end."""
