"""Every exception that this package raises on purpose, and the one warning."""

from harness.model.answers import Falsified, Inconclusive, ReplayDiverged
from harness.model.errors import (
    BadInput,
    BlockingCall,
    ForeignAwaitable,
    HarnessError,
    HarnessWarning,
    NondeterministicProgram,
    OutsideProgram,
    Panic,
    StuckProgram,
)

__all__ = [
    "BadInput",
    "BlockingCall",
    "Falsified",
    "ForeignAwaitable",
    "HarnessError",
    "HarnessWarning",
    "Inconclusive",
    "NondeterministicProgram",
    "OutsideProgram",
    "Panic",
    "ReplayDiverged",
    "StuckProgram",
]
