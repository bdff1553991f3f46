"""Service of the town: FPS drawn up, payments followed, appeals answered."""
