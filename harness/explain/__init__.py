"""What a person needs besides the trace in order to understand an execution, found out about finished executions."""
