"""Folds over a finished trace: what happens before what, and which accesses race. Nothing here runs anything."""
