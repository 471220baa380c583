"""The command line: arguments in, text out, one exit code. What it prints is made by `harness.report`."""
