"""Which executions to look at: strategies choose schedules, the campaign runs them and asks the oracles."""
