"""Exploration: sequences of acts and days that nobody wrote, drawn, played on the product, judged after each step, then made as short as can be."""
