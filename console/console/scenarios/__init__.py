"""Whole lives of dossiers, written in YAML so that a jurist can read them, and their player."""
