"""The source lines of an execution: the right ones or none, whatever is in the file."""

import importlib.util
import linecache
from pathlib import Path
from types import ModuleType

import pytest

from harness import run
from harness.explain.account import LONGEST, account, snippet
from harness.model.explanation import Account
from harness.model.place import short_path, split_place
from harness.report.story.telling import story
from harness.report.story.values import Line

PROGRAM = "from harness import Channel\n\n\nasync def program():\n\tawait Channel(1).send(1)  # {comment}\n"


def loaded(path: Path, text: str) -> ModuleType:
    """A module from a file that is not below any import root."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def explained(path: Path, comment: str = "here") -> Account:
    return account(run(loaded(path, PROGRAM.format(comment=comment)).program))


def test_the_lines_around_a_step_come_with_it(tmp_path: Path) -> None:
    found = explained(tmp_path / "only_here.py")
    assert found.sources["only_here.py:5"].first == 2
    lines = story(found).sources["only_here.py:5"]
    assert lines == (
        Line(2, "", False),
        Line(3, "", False),
        Line(4, "async def program():", False),
        Line(5, "    await Channel(1).send(1)  # here", True),
    )


def test_source_that_is_hostile_is_shown_escaped_and_cut(tmp_path: Path) -> None:
    lines = story(explained(tmp_path / "hostile_source.py", "\x1b[31m\u202e</script>" + "x" * 100_000)).sources
    (shown,) = [line.text for line in lines["hostile_source.py:5"] if line.here]
    assert "\\x1b[31m\\u202e</script>xxx" in shown and shown.isprintable() and len(shown) < LONGEST + 50


def test_of_two_files_that_are_called_the_same_no_line_is_shown_rather_than_a_wrong_one(tmp_path: Path) -> None:
    assert explained(tmp_path / "a" / "twice.py").sources
    second = explained(tmp_path / "b" / "twice.py")
    assert second.sources == {}
    assert story(second).steps[0].parts[0].source == "" and story(second).steps[0].parts[0].place == "twice.py:5"


def test_a_file_that_is_gone_or_shorter_than_it_was_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "short.py"
    path.write_text("one\ntwo\n", "utf-8")
    place = short_path(str(path))
    assert snippet(f"{place}:2") is not None
    assert snippet(f"{place}:3") is None and snippet(f"{place}:0") is None
    path.unlink()
    linecache.clearcache()
    assert snippet(f"{place}:2") is None


@pytest.mark.parametrize("place", ["", "?", "never_seen.py:1", "a:b", ":3", "name:٣"])
def test_what_is_no_place_has_no_lines(place: str) -> None:
    assert split_place(place) == ("", 0) and snippet(place) is None
