"""What `harness.pytest_plugin` does: an async test marked with `explore` becomes an item that explores its schedules.

`options` is all that is imported when pytest starts. The rest comes with the first marked test: a run without any pays
nothing, and coverage, which begins in between, sees the whole harness.
"""
