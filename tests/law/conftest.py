"""How the properties of the law are looked for: the same values at each run, however slow the machine is."""

from hypothesis import HealthCheck, settings

# Here, since a property takes the settings of the moment when its module is read: no assertion is timed.
settings.register_profile("law", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("law")
