"""The ground of the kit: settings, clock, logs, faults, retries and the bac of a path; it leans on nothing else of the kit."""
