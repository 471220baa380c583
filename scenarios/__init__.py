"""Stories about concurrency with buggy and fixed designs and the verdicts they are expected to get."""
