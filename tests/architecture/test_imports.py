"""The import direction of the design, and what may be imported where, read off the syntax trees.

model <- primitives <- runtime <- search <- verify <- harness <- stream <- scenarios
  ^----- detect <- oracles       (never anything that runs)
  ^----- report                  cli, __main__, generators and pytest_plugin on top
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KERNEL = ("model", "primitives", "runtime", "search")
FACADES = ("errors", "exploration", "strategies", "oracles", "canary", "verify")

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "model": (),
    "errors": ("model",),
    "exploration": ("model",),
    "report": ("model",),
    "detect": ("model",),
    "oracles": ("model", "detect"),
    "explain": ("model", "detect"),
    "primitives": ("model",),
    "runtime": ("model", "primitives"),
    "search": ("model", "primitives", "runtime"),
    "causes": (
        *KERNEL,
        "detect",
        "explain",
        "oracles",
    ),  # explaining a failure takes running others, judged by the same oracle
    "strategies": ("model", "search"),
    "canary": (*KERNEL, "detect"),
    "verify": (*KERNEL, "detect", "errors", "strategies", "oracles", "canary"),
    "api": (*KERNEL, "detect", *FACADES),
    "harness": (*KERNEL, "detect", *FACADES, "api"),
    "stream": (*KERNEL, "detect", *FACADES, "harness"),
    "scenarios": (*KERNEL, "detect", *FACADES, "harness", "stream"),
    "stress": (*KERNEL, "detect", *FACADES, "harness", "stream"),
    "golang": (*KERNEL, "detect", *FACADES, "harness", "stream"),
    "realtime": ("model", "primitives", "runtime.teardown"),
}
ON_TOP = ("cli", "__main__", "generators", "plugin", "pytest_plugin")
LEFT_OF_TOP = tuple(set(MAY_IMPORT) - {"scenarios"}) + ON_TOP

# Nondeterminism, real time and the world outside: each only where there is a reason.
ONLY_IN: dict[str, dict[str, str]] = {
    "random": {
        "harness.search": "a strategy draws from the random.Random that it makes from its seed",
        "harness.stress.draw": "a batch is drawn from the random.Random made of the campaign's seed and its number",
        "harness.golang.generate": "a program is drawn from the random.Random that is made from its seed",
        "harness.realtime": "the real runtime makes the program's own choices from a seed",
    },
    "time": {
        "harness.cli": "progress and durations are shown in real seconds; no verdict depends on them",
        "harness.realtime": "real seconds are its subject",
        "harness.search.parallel.pool": "it pauses until the end of a worker is known; no answer depends on it",
        "harness.runtime.watchdog": "real seconds tell that a program is stuck, never which transition is taken",
    },
    "datetime": {},
    "secrets": {},
    "uuid": {},
    "id": {
        "harness.runtime.clock": "membership in a set of live objects; nothing is ordered by it",
        "harness.realtime.clock": "as in harness.runtime.clock",
        "harness.runtime.reachability": "membership in a set of objects that it keeps alive; nothing is ordered by it",
        "harness.runtime.fingerprint": "as in harness.runtime.reachability, and to tell classes apart",
        "harness.runtime.plain_names": "tells objects apart that are kept alive; nothing is ordered by it",
        "harness.runtime.witness": "as in harness.runtime.plain_names",
    },
    "hash": {
        "harness.model.outcome": "asks whether a value can go into a set; the number is thrown away",
        "harness.stream.serve": "`__hash__` of a value, from the text that also decides equality",
        "harness.search.classes": "of tuples of integers only, which is the same in every process",
    },
    "asyncio": {"harness.realtime": "the event loop that it runs on"},
    "hypothesis": {
        "harness.generators": "it makes Hypothesis strategies; only the test extra installs it",
        "harness.stream.generators": "as harness.generators, when it is called",
    },
    "pytest": {"harness.pytest_plugin": "it is loaded by pytest", "harness.plugin": "only the former loads it"},
    "_pytest": {"harness.plugin": "types and representations of pytest's that have no public name"},
    "jinja2": {"harness.report.html": "its pages are templates, and every value in them is escaped"},
    "rich": {"harness.cli": "tables and progress for a terminal", "harness.report": "tables as text"},
}


def sources() -> dict[str, str]:
    """Module name to source, for everything that the wheel contains."""
    files = [path for package in ("harness", "scenarios") for path in sorted((ROOT / package).rglob("*.py"))]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path.read_text("utf-8")
        for path in files
    }


def imports(source: str) -> Iterator[str]:
    """Every imported name with its full path, wherever the import stands; a relative one begins with a dot."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ("." * node.level + f"{node.module or ''}.{alias.name}" for alias in node.names)


def within(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def place(name: str) -> str:
    """Where a module or imported name of ours stands: its path below `harness`, or `harness` for the facade."""
    below = name.removeprefix("harness.")
    return below if within(below, (*MAY_IMPORT, *ON_TOP)) else "harness"


def objection(module: str, imported: str) -> str | None:
    """Why `module` must not import `imported`."""
    package, target = place(module).partition(".")[0], imported.partition(".")[0]
    if imported.startswith("."):
        return "imports are absolute"
    if target in ("harness", "scenarios"):
        allowed = (package, *(LEFT_OF_TOP if package in ON_TOP else MAY_IMPORT[package]))
        return None if within(place(imported), allowed) else f"{package} is not right of {place(imported)}"
    if target in ONLY_IN:
        return None if within(module, tuple(ONLY_IN[target])) else f"{target} is not for {module}"
    return None if target in sys.stdlib_module_names else f"{target} is not a dependency"


def violations(module: str, source: str) -> list[str]:
    """What is wrong with a module: its imports, unseeded randomness, and `id` and `hash` where no reason is stated."""
    found = [f"{module} imports {name}: {why}" for name in imports(source) if (why := objection(module, name))]
    modules = set(imports(source))
    found += [
        f"{module}: {name} draws without a seed"
        for name in modules
        if within(name, ("random",)) and name not in ("random", "random.Random")
    ]
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id="id" | "hash" as name, ctx=ast.Load()) if not within(module, tuple(ONLY_IN[name])):
                found.append(f"{module}:{node.lineno} uses {name}()")
            case ast.Attribute(value=ast.Name(id="random"), attr=name) if "random" in modules and name != "Random":
                found.append(f"{module}:{node.lineno} random.{name} draws without a seed")
    return found


def test_every_package_has_a_place() -> None:
    top = {module.split(".")[1] for module in sources() if module.startswith("harness.")}
    assert top <= {*MAY_IMPORT, *ON_TOP}


def test_imports_point_to_the_left_and_nondeterminism_has_a_reason() -> None:
    assert [line for module, source in sources().items() for line in violations(module, source)] == []


def test_no_import_goes_round_in_a_circle() -> None:
    modules = sources()
    graph = {
        module: {name if name in modules else name.rpartition(".")[0] for name in imports(source)}
        & set(modules) - {module}
        for module, source in modules.items()
    }
    assert len(list(TopologicalSorter(graph).static_order())) == len(modules)


def test_every_module_imports_without_the_test_extra() -> None:
    needing = {*ONLY_IN["hypothesis"], *ONLY_IN["pytest"]}
    names = [module for module in sources() if not within(module, tuple(needing))]
    blocked = "sys.modules['hypothesis'] = sys.modules['pytest'] = None"
    script = f"import importlib, sys; {blocked}\nfor name in sys.argv[1:]: importlib.import_module(name)"
    answer = subprocess.run(
        [sys.executable, "-c", script, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("harness.model.trace", "from harness.primitives.channel import Channel"),
        ("harness.model.trace", "import harness.runtime"),
        ("harness.model.trace", "def late():\n    from harness import runtime"),
        ("harness.runtime.execute", "from harness import go"),
        ("harness.primitives.world", "from . import channel"),
        ("harness.detect.races", "import harness.primitives.memory"),
        ("harness.oracles", "from harness.search.campaign import Oracle"),
        ("harness.report.text", "from harness.stream.plan import StreamPlan"),
        ("harness.realtime.loop", "from harness.runtime.scheduler import Scheduler"),
        ("harness.cli.verify", "from scenarios.stream import close_channel"),
        ("harness", "from harness.stream import serve"),
        ("harness.stream.plan", "from harness.report.text import table"),
        ("scenarios.stream.combined", "from harness.cli import main"),
        ("harness.runtime.fast", "import time"),
        ("harness.runtime.fast", "from random import Random"),
        ("harness.search.pct", "from random import shuffle"),
        ("harness.search.pct", "import random\nrandom.shuffle([])"),
        ("harness.model.trace", "sorted([], key=id)"),
        ("harness.model.trace", "hash('x') % 7"),
        ("harness.stream", "import hypothesis"),
        ("harness.stream.machine", "from hypothesis import stateful"),
        ("harness.stream.generators", "from harness.generators import schedules"),
        ("harness.cli.verify", "import numpy"),
    ],
)
def test_the_checker_sees(module: str, source: str) -> None:
    assert len(violations(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("harness.runtime.clock", "from harness.primitives import time\nid(3)"),
        ("harness.search.pct", "import random\nrandom.Random(7).random()"),
        ("harness.realtime.loop", "import time\nfrom harness.runtime import teardown"),
        ("harness.cli.verify", "from harness.report.text import table\nimport rich.table\nimport harness.realtime"),
        ("scenarios.stream.combined", "from harness import Channel, go\nfrom harness.stream import serve"),
    ],
)
def test_the_checker_lets_pass(module: str, source: str) -> None:
    assert violations(module, source) == []
