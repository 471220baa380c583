"""Why an execution fails, found out by running others: what comes nearest to it and passes, where it was decided."""
