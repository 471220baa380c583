"""The colours of the lanes, as rich styles."""

FATAL = "bold red"
FAINT = "dim"
HEAD = "bold"
GAUGE = "cyan"
