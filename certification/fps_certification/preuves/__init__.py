"""The evidence of a run: what was asked and answered, chained, signed, and from which the verdict is computed again."""
