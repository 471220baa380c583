"""Values only: what an operation, an outcome, a trace and an execution are. Nothing here runs anything."""
