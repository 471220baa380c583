"""A campaign of stress that finds much in little time: two designs, small batches, a well-chosen seed."""

from tests.scenarios.judging import DESIGNS

TWO = (DESIGNS["done_channel"], DESIGNS["supervised"])
NAMES = tuple(design.name for design in TWO)
PER_BATCH = 4
SEED = 6  # whose findings are quickly made smaller: every campaign begins with that
