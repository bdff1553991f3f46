"""The last days of the law, tried the day before, that day and the day after, where the calendar has its traps."""
