"""A search shared out among the workers of a `concurrent.futures.Executor`, with the answers that one process gives."""
