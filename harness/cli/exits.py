"""What the exit codes mean. Other programs are written against them."""

from __future__ import annotations

AS_EXPECTED = 0
DIFFERS = 1  # a verdict is not what the scenario states, or a property is violated
BAD_INPUT = 2
INCONCLUSIVE = 3
INTERRUPTED = 130  # Ctrl-C, as a shell reports it
BROKEN_PIPE = 141  # nobody reads on, as a shell reports it

MEANINGS = (
    "exit codes: 0 as expected, 1 a verdict differs or a property is violated, "
    "2 usage or bad input, 3 inconclusive, 130 interrupted"
)
OF_A_REPLAY = (
    "exit codes: 0 no oracle objects, to the same execution or to what a fix has made of it; 1 an oracle objects; "
    "2 bad input, or no oracle objects but the program has been edited so that the order does not apply any more; "
    "3 no conclusion: it has been edited, no oracle objects, and whether the failure is still there is open"
)
