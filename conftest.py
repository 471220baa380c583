"""Hypothesis profiles: which examples the property tests look at, and how many. And pytest's kit for testing plugins.

`HYPOTHESIS_PROFILE` names one; without it, `ci` applies where `CI` is set and `dev` elsewhere. The plugin's
`--hypothesis-profile` is read after this file and wins.
"""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]  # may be said here only

# One example may run thousands of executions: how long it takes on a clock is not a property of the program.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.register_profile("deep", settings.get_profile("dev"), max_examples=5_000, print_blob=True)

settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))
