"""The FPS system of a small town: it writes to the ANTAI, reads what the ANTAI and the DGFiP write, and keeps its own register."""
