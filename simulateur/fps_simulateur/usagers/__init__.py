"""The usagers who behave: the sentences that say how, and what they then do by themselves while the time advances."""
