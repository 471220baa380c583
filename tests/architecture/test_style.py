"""The hard ceilings of the style: where a file or a function has certainly outgrown its room."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES_PER_FILE = 300
LINES_PER_FUNCTION = 40  # the docstring does not count
ARGUED = {
    "harness/runtime/fast.py: run": "the hot loop: a call costs more than a step, and its slow twin agrees with it"
}
MACHINE_PATH = re.compile(r"(?<![\w./])/(?:work|root|home|tmp)\b")


def sources() -> list[Path]:
    return sorted(path for package in ("harness", "scenarios") for path in (ROOT / package).rglob("*.py"))


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Each function's name and number of lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documentation = ast.get_docstring(node, clean=False)
            documented = documentation.count("\n") + 1 if documentation else 0
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1 - documented


def test_no_file_is_longer_than_its_ceiling() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > LINES_PER_FILE} == {}


def test_only_argued_functions_are_longer_than_their_ceiling() -> None:
    long = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources()
        for name, length in functions(path.read_text("utf-8"))
        if length > LINES_PER_FUNCTION
    }
    assert long == set(ARGUED)


def test_a_docstring_does_not_make_a_function_long() -> None:
    assert list(functions('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n')) == [("f", 2)]


def test_no_text_names_a_path_of_one_machine() -> None:
    texts = [*sources(), *(path for name in ("README.md", "CONTRIBUTING.md") if (path := ROOT / name).exists())]
    assert [str(path.relative_to(ROOT)) for path in texts if MACHINE_PATH.search(path.read_text("utf-8"))] == []


def test_a_path_of_one_machine_is_recognised() -> None:
    assert MACHINE_PATH.search("see /tmp/trace.json") and MACHINE_PATH.search('"/work"')
    assert not MACHINE_PATH.search("read/work, https://example.org/home, ./tmp/x")
