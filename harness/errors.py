"""Every exception that this package raises on purpose."""

from harness.model.answers import Falsified, Inconclusive, ReplayDiverged
from harness.model.errors import (
    BadInput,
    BlockingCall,
    ForeignAwaitable,
    HarnessError,
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
    "Inconclusive",
    "NondeterministicProgram",
    "OutsideProgram",
    "Panic",
    "ReplayDiverged",
    "StuckProgram",
]
