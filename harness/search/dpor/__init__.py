"""Optimal dynamic partial-order reduction: exactly one execution of every class of schedules that differ in nothing."""
