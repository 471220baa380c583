"""The gate fails when the harness has lost its teeth, also in a project that has nothing but one sound design."""

import json
from pathlib import Path

import pytest

from harness.search.campaign import Oracle
from harness.stream import LIFETIME, PROPERTIES
from harness.stream.probes import PROBES
from tests.integration.cli_runs import Answer, Place
from tests.integration.gate_handlers import handler
from tests.teeth.judging import deaf, touchy
from tests.teeth.test_search import BLINDED, Blinded

BASELINE = Path("reports") / "baseline.json"
ERROR = ("--fault", "executor_error")
every_property = pytest.mark.parametrize("name", [*PROPERTIES, *LIFETIME])


@pytest.fixture
def sound(place: Place) -> Place:
    """A project with one sound design in its baseline, whose gate passes."""
    assert place.harness("gate", "--update", "--design", handler(place, True), *ERROR).code == 0
    return place


def told(answer: Answer) -> str:
    """What a gate that fails for want of teeth says, in one line."""
    assert answer.code == 1, answer
    text = " ".join(answer.out.split())
    assert text.startswith("The harness lost its teeth") and "accept it with" not in text
    return text


def home(name: str) -> dict[str, Oracle]:
    """Where an oracle is looked up."""
    return PROPERTIES if name in PROPERTIES else LIFETIME  # type: ignore[return-value]


def probes_of(name: str) -> list[str]:
    return [probe.name for probe in PROBES if name in probe.violates]


@every_property
def test_an_oracle_that_has_gone_deaf_fails_the_gate_by_name(
    name: str, sound: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sound.harness("gate", *ERROR).code == 0
    monkeypatch.setitem(home(name), name, deaf)
    text = told(sound.harness("gate", *ERROR))
    for probe in probes_of(name):
        assert f"{name} no longer objects to the probe that {probe}" in text
    assert text.count("! ") == len(probes_of(name)) > 0
    found = len(PROBES) - len(probes_of(name))
    assert text.endswith(f"gate failed: {found} of {len(PROBES)} probes found, so nothing was compared with {BASELINE}")


@every_property
def test_an_oracle_that_is_gone_fails_the_gate_by_name(
    name: str, sound: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(home(name), name)
    assert f"{name} no longer objects to the probe that {probes_of(name)[0]}" in told(sound.harness("gate", *ERROR))


def test_an_oracle_that_objects_to_what_is_sound_fails_the_gate_by_name(
    sound: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROPERTIES, "order_kept", touchy)  # type: ignore[arg-type]
    assert "! order_kept objects to the probe that is sound !" in told(sound.harness("gate", *ERROR))


@pytest.mark.parametrize("mutant", BLINDED.values(), ids=BLINDED)
def test_a_search_that_leaves_something_out_fails_the_gate(
    mutant: Blinded, sound: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant.patch(monkeypatch)
    text = told(sound.harness("gate", *ERROR))
    assert "classes of schedules of the probe that" in text or "cannot be explored: " in text


def test_no_update_accepts_that_and_the_baseline_stays(sound: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (sound.folder / BASELINE).read_bytes()
    monkeypatch.setitem(PROPERTIES, "order_kept", deaf)  # type: ignore[arg-type]
    assert "order_kept no longer objects" in told(sound.harness("gate", "--update", *ERROR))
    assert [path.name for path in (sound.folder / "reports").iterdir()] == [BASELINE.name]
    assert (sound.folder / BASELINE).read_bytes() == before


def test_it_is_told_wherever_people_look(sound: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROPERTIES, "order_kept", deaf)  # type: ignore[arg-type]
    files = ("--junit", "out.xml", "--sarif", "out.sarif", "--summary", "out.md", "--github")
    answer = sound.harness("gate", *ERROR, *files)
    sentence = "order_kept no longer objects to the probe that reorders events"
    assert answer.code == 1 and f"::{sentence}" in answer.out
    (result,) = json.loads((sound.folder / "out.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("gate/toothless", "error") and sentence in result["message"]["text"]
    assert sentence in (sound.folder / "out.xml").read_text("utf-8")
    assert "reorders events" in (sound.folder / "out.md").read_text("utf-8")
