"""The simulator of dossiers: the pilot of the bacs, the language of lives, their player, the catalogue, the invariants."""
