"""Exploration: sequences of acts and days that nobody wrote, drawn, played on a product, judged step by step, then shortened."""
