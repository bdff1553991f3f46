"""What a set of runs has exercised, of all that the four services can do: states, transitions, messages, refusals, articles."""
