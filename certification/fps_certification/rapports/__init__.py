"""The reports of a run: the same verdict for a program, for a pipeline, for a person."""
