"""The kit for streaming handlers: plans, a scripted executor, a misbehaving client, oracles and verdicts.

from harness import prove
from harness.stream import SAFE_STREAM, StreamPlan, serve

prove(serve(my_handler, StreamPlan(events=3, capacity=1)), oracles=SAFE_STREAM)
"""

from harness.stream.client import FakeClient
from harness.stream.design import Design, load_designs
from harness.stream.event import Event
from harness.stream.executor import FakeExecutor
from harness.stream.faults import FAULT_CLASSES, FaultClass
from harness.stream.generators import stream_plans
from harness.stream.improvisation import ImprovisedProgram, improvise
from harness.stream.lifetime import LIFETIME, kept_alive, no_lost_cancel, no_work_after_return
from harness.stream.loading import design_named, designs_in
from harness.stream.oracles import PROPERTIES, SAFE_STREAM
from harness.stream.plan import StreamPlan
from harness.stream.promises import judged, promises
from harness.stream.serve import Session, StreamProgram, serve
from harness.stream.verdicts import verify_cell, verify_matrix

__all__ = [
    "FAULT_CLASSES",
    "LIFETIME",
    "PROPERTIES",
    "SAFE_STREAM",
    "Design",
    "Event",
    "FakeClient",
    "FakeExecutor",
    "FaultClass",
    "ImprovisedProgram",
    "Session",
    "StreamPlan",
    "StreamProgram",
    "design_named",
    "designs_in",
    "improvise",
    "judged",
    "kept_alive",
    "load_designs",
    "no_lost_cancel",
    "no_work_after_return",
    "promises",
    "serve",
    "stream_plans",
    "verify_cell",
    "verify_matrix",
]
