"""`harness gate` as a user meets it: record once, compare ever after, accept on purpose."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.stream import faults
from harness.stream.probes import PROBES
from tests.integration.cli_runs import Answer, Place, sentence
from tests.integration.gate_handlers import HONEST, handler

ERROR = ("--fault", "executor_error")
KNOWN = ("--design", "close_channel", "--fault", "executor_panic", "--jobs", "1")
BASELINE = Path("reports") / "baseline.json"
ALL = f"{len(PROBES)} of {len(PROBES)} probes found"


def last(answer: Answer) -> str:
    return answer.out.rstrip("\n").splitlines()[-1]


def swap(place: Place, old: str, new: str) -> None:
    """Put what stands in one module into another, for a process that imports it anew."""
    source = (place.folder / f"{new.partition(':')[0]}.py").read_text("utf-8")
    (place.folder / f"{old.partition(':')[0]}.py").write_text(source, "utf-8")


def rewritten(place: Place, change: Callable[[str], str]) -> None:
    path = place.folder / BASELINE
    path.write_text(change(path.read_text("utf-8")), "utf-8")


# -- a life --------------------------------------------------------------------------------------------------------


def test_a_fix_that_is_reverted_does_not_pass(place: Place) -> None:
    honest, lying = handler(place, True), handler(place, False)
    assert place.process("gate", "--update", "--design", honest, *ERROR).code == 0
    passed = place.process("gate", *ERROR)
    assert (passed.code, last(passed)) == (
        0,
        f"gate passed: {ALL}, 11 verdicts compared with reports/baseline.json, 0 changes for the worse",
    )
    swap(place, honest, lying)
    failed = place.process("gate", *ERROR)
    assert failed.code == 1
    assert f"  ! {honest}: status_correct was proved, is violated under executor_error\n" in failed.out
    assert "\n      replay  harness replay h2." in failed.out
    assert "If this is meant, accept it with: harness gate --update --fault executor_error\n" in failed.out
    assert (
        last(failed) == f"gate failed: {ALL}, 11 verdicts compared with reports/baseline.json, 1 change for the worse"
    )


def test_a_known_bug_that_is_not_found_any_more_does_not_pass_until_it_is_accepted(place: Place) -> None:
    lying, honest = handler(place, False), handler(place, True)
    assert place.process("gate", "--update", "--design", lying, *ERROR).code == 0
    assert place.process("gate", *ERROR).code == 0
    swap(place, lying, honest)
    failed = place.process("gate", *ERROR)
    assert failed.code == 1
    told = " ".join(failed.out.split())
    assert f"! {lying}: status_correct was violated, is proved under executor_error" in told
    assert "Either the bug is fixed, or the harness has lost its teeth: find out which before you accept it" in told
    accepted = place.process("gate", "--update", *ERROR)
    assert accepted.code == 0 and last(accepted).endswith("reports/baseline.json says now what was found")
    assert place.process("gate", *ERROR).code == 0


def test_a_handler_of_the_baseline_that_is_gone_does_not_pass_until_that_is_accepted(place: Place) -> None:
    kept, gone = handler(place, True), handler(place, True)
    assert place.process("gate", "--update", "--design", kept, "--design", gone, *ERROR).code == 0
    (place.folder / f"{gone.partition(':')[0]}.py").unlink()
    failed = place.process("gate", *ERROR)
    assert failed.code == 1
    assert f"{gone} is in the baseline, and cannot be loaded: cannot import module" in failed.err
    assert f"  ! design {gone} vanished\n" in failed.out
    assert place.process("gate", "--update", *ERROR).code == 0
    assert place.process("gate", *ERROR).code == 0


def broken(place: Place, reference: str, source: str) -> str:
    """Put this into a handler's module, after the rest; what was there."""
    path = place.folder / f"{reference.partition(':')[0]}.py"
    before = path.read_text("utf-8")
    path.write_text(f"{before}\n{source}\n", "utf-8")
    return before


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def (", "SyntaxError"),
        ("import nowhere_at_all", "No module named 'nowhere_at_all'"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("handler = 7", "to be an async function (ctx, client, execute, *, capacity); found 7"),
    ],
)
def test_a_handler_that_cannot_be_loaded_is_not_gone_and_no_update_forgets_it(
    place: Place, source: str, expected: str
) -> None:
    kept, other = handler(place, True), handler(place, True)
    assert place.process("gate", "--update", "--design", kept, "--design", other, *ERROR).code == 0
    recorded = (place.folder / BASELINE).read_bytes()
    mended = broken(place, kept, source)
    failed = place.process("gate", *ERROR, "--github")
    assert failed.code == 1 and f"  ! {kept}: " in failed.out and expected in " ".join(failed.out.split())
    assert not [word for word in ("vanished", "--update", "accept it with") if word in failed.out + failed.err]
    assert f"title=harness%3A {kept.replace(':', '%3A')}%3A gate/broken::cannot be loaded: " in failed.out
    told = sentence(place.process("gate", "--update", *ERROR))
    assert told.startswith(f"{kept} is in the baseline, and cannot be loaded (") and "nothing was updated" in told
    assert (place.folder / BASELINE).read_bytes() == recorded
    assert place.process("gate", "--update", "--design", other, *ERROR).code == 0
    assert (place.folder / BASELINE).read_bytes() == recorded
    (place.folder / f"{kept.partition(':')[0]}.py").write_text(mended, "utf-8")
    assert place.process("gate", *ERROR).code == 0


def test_where_nothing_of_the_baseline_can_be_loaded_the_gate_fails(place: Place) -> None:
    only = handler(place, True)
    assert place.process("gate", "--update", "--design", only, *ERROR).code == 0
    broken(place, only, "def (")
    failed = place.process("gate", *ERROR)
    assert failed.code == 1 and f"! {only}: cannot import module" in failed.out
    assert "nothing was updated" in sentence(place.process("gate", "--update"))


def test_a_name_that_its_module_does_not_have_any_more_is_gone(place: Place) -> None:
    kept, gone = handler(place, True), handler(place, True)
    assert place.process("gate", "--update", "--design", kept, "--design", gone, *ERROR).code == 0
    broken(place, gone, "del handler")
    assert f"  ! design {gone} vanished\n" in place.process("gate", *ERROR).out
    assert place.process("gate", "--update", *ERROR).code == 0
    assert gone not in (place.folder / BASELINE).read_text("utf-8")


# -- a folder of designs -------------------------------------------------------------------------------------------


def folder_with(place: Place, folder: str, *names: str) -> str:
    """A scenario folder with honest designs of these names."""
    module = place.module(f"{HONEST}\nDESIGNS = [Design(name, honest, '') for name in {names!r}]")
    (place.folder / folder).mkdir(exist_ok=True)
    (place.folder / f"{module}.py").rename(place.folder / folder / f"{module}.py")
    return folder


def test_a_baseline_remembers_its_folder_also_from_elsewhere(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert place.process("gate", "--update", "--scenarios", folder_with(place, "my designs", "mine"), *ERROR).code == 0
    assert '"scenarios": "../my designs"' in (place.folder / BASELINE).read_text("utf-8")
    for more in ((), ("--design", "mine"), ("--update",)):
        answer = place.process("gate", *ERROR, *more)
        assert answer.code == 0 and "11 verdicts compared" in last(answer) and "vanished" not in answer.out
    monkeypatch.chdir(place.folder / "reports")
    elsewhere = Place(place.folder / "reports", place.capsys)
    assert elsewhere.process("gate", "--baseline", "baseline.json", *ERROR).code == 0


def test_a_folder_that_is_no_more_is_not_forgotten(place: Place) -> None:
    assert place.process("gate", "--update", "--scenarios", folder_with(place, "designs", "mine"), *ERROR).code == 0
    shutil.move(place.folder / "designs", place.folder / "moved")
    for more in ((), ("--update",)):
        told = sentence(place.process("gate", *ERROR, *more))
        assert "was made with --scenarios designs, which does not exist: give --scenarios the folder's path" in told
    assert place.process("gate", "--update", "--scenarios", "moved", *ERROR).code == 0
    assert '"scenarios": "../moved"' in (place.folder / BASELINE).read_text("utf-8")


def test_a_baseline_that_does_not_say_its_folder_says_what_to_add_and_nothing_vanishes(place: Place) -> None:
    assert place.process("gate", "--update", "--scenarios", folder_with(place, "designs", "mine"), *ERROR).code == 0
    rewritten(place, lambda text: text.replace('"scenarios": "../designs",\n', ""))
    for more in ((), ("--update",)):
        told = sentence(place.process("gate", *ERROR, *more))
        assert "designs that the harness does not bring (mine): give --scenarios or --design as when" in told
    assert place.process("gate", "--scenarios", "designs", *ERROR).code == 0


def test_one_baseline_is_about_one_folder(place: Place) -> None:
    both, other = folder_with(place, "designs", "mine", "yours"), folder_with(place, "others", "theirs")
    assert place.process("gate", "--update", "--scenarios", both, *ERROR).code == 0
    told = sentence(place.process("gate", "--update", "--scenarios", other, "--design", "theirs", *ERROR))
    assert "has designs from elsewhere (mine, yours), and one baseline is about one folder" in told
    assert place.process("gate", "--update", "--design", "mine", *ERROR).code == 0
    assert place.process("gate", "--update", "--scenarios", f"../{place.folder.name}/{both}", *ERROR).code == 0
    assert place.process("gate", *ERROR).code == 0


def test_a_baseline_may_become_empty_and_then_compares_nothing(place: Place) -> None:
    only = handler(place, True)
    assert place.process("gate", "--update", "--design", only, *ERROR).code == 0
    (place.folder / f"{only.partition(':')[0]}.py").unlink()
    assert place.process("gate", "--update").code == 0
    assert "has nothing about what was asked for" in sentence(place.process("gate", *ERROR))


def test_a_new_design_passes_and_is_recorded_on_request(place: Place) -> None:
    known, new = handler(place, True), handler(place, False)
    assert place.harness("gate", "--update", "--design", known, *ERROR).code == 0
    answer = place.harness("gate", "--design", known, "--design", new, *ERROR)
    assert answer.code == 0
    assert f"    design {new} is new: 10 hold, 1 violated\n" in answer.out
    assert last(answer).endswith("11 verdicts compared with reports/baseline.json, 0 changes for the worse, 1 other")
    assert place.harness("gate", "--update", "--design", new, *ERROR).code == 0
    assert "is new" not in place.harness("gate", *ERROR).out


# -- on the seed's designs -----------------------------------------------------------------------------------------


def test_a_cell_of_the_seed_compares_with_its_part_of_a_baseline(place: Place) -> None:
    assert place.harness("gate", "--update", *KNOWN).code == 0
    other = ("--design", "supervised", "--fault", "executor_panic", "--fault", "nil_event", "--jobs", "1")
    assert place.harness("gate", "--update", *other).code == 0
    assert place.harness("gate", *KNOWN).code == 0
    rewritten(place, lambda text: re.sub(r'"violated"(.*), "under": .*]', r'"holds"\1', text))
    assert place.harness("gate", *other).code == 0
    failed = place.harness("gate", *KNOWN)
    assert failed.code == 1
    assert "! close_channel: no_panic was proved, is violated under executor_panic" in failed.out


def test_the_repository_s_own_baseline_passes_its_gate(place: Place, pytestconfig: pytest.Config) -> None:
    committed = pytestconfig.rootpath / BASELINE
    answer = place.harness("gate", *KNOWN, "--fault", "nil_event", "--baseline", committed)
    assert answer.code == 0, answer
    assert "24 verdicts compared" in last(answer)


def test_bounds_that_shrank_do_not_pass(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert place.harness("gate", "--update", *KNOWN).code == 0
    panics = next(fault for fault in faults.FAULT_CLASSES if fault.name == "executor_panic")
    fewer = faults.FaultClass(panics.name, panics.summary, panics.plans[:-1], panics.settings)
    monkeypatch.setattr("harness.cli.catalog.FAULT_CLASSES", (fewer,))
    failed = place.harness("gate", *KNOWN)
    assert failed.code == 1
    assert "! executor_panic: plan events=5 ending=panic is not explored any more" in failed.out
    assert last(failed).endswith("1 change for the worse")


def test_a_proof_that_runs_out_of_budget_does_not_pass(place: Place) -> None:
    cell = ("--design", "close_channel", "--fault", "delay", "--jobs", "1")
    assert place.harness("gate", "--update", *cell).code == 0
    failed = place.harness("gate", *cell, "--budget", "3")
    assert failed.code == 1
    assert "no_panic was proved, is inconclusive under delay" in failed.out
    assert "the budget of 3 executions ran out" in failed.out


def test_the_answer_and_the_baseline_do_not_depend_on_the_number_of_jobs(place: Place) -> None:
    chosen = ("--design", "close_channel", "--design", "supervised", *ERROR, "--fault", "nil_event")
    for jobs in ("1", "2"):
        place.harness("gate", "--update", "--baseline", f"by_{jobs}.json", "--jobs", jobs, *chosen)
    one, two = ((place.folder / f"by_{jobs}.json").read_bytes() for jobs in ("1", "2"))
    assert one == two and len(json.loads(one)["verdicts"]) == 2 * (12 + 14)  # with promises


def test_an_update_that_would_keep_verdicts_under_other_bounds_is_refused_before_the_work(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = handler(place, True)
    assert place.harness("gate", "--update", "--design", known, *ERROR).code == 0
    rewritten(place, lambda text: text.replace("400", "300"))
    monkeypatch.setattr("harness.cli.verify.verify_matrix", None)
    told = sentence(place.harness("gate", "--update", "--design", "close_channel", *ERROR))
    assert "the bounds of executor_error have changed" in told and "without --design" in told


# -- what is wrong with a baseline ---------------------------------------------------------------------------------


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be explored."""
    monkeypatch.setattr("harness.cli.verify.verify_matrix", None)


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize("update", [(), ("--update",)])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{", "it is not JSON (line 1: "),
        (b"\xff\xfe", "it is not text in UTF-8; restore it from version control, or delete it"),
        (b'{"name": "package"}', "it has no entry 'baseline'; restore it from version control, or delete it and make"),
        (b'{"baseline": 9}', "it is of version 9"),
    ],
)
def test_a_file_that_is_no_baseline_is_a_sentence_and_stays(
    place: Place, update: tuple[str, ...], content: bytes, expected: str
) -> None:
    path = place.folder / "package.json"
    path.write_bytes(content)
    told = sentence(place.harness("gate", *KNOWN, "--baseline", "package.json", *update))
    assert told.startswith("'package.json' is no baseline: ") and expected in told
    assert path.read_bytes() == content


@pytest.mark.usefixtures("idle")
def test_without_a_baseline_it_says_how_to_make_one_of_one_s_own_designs(place: Place) -> None:
    told = sentence(place.harness("gate"))
    assert "make one with harness gate --update (add --design MODULE:HANDLER for each handler of yours, or " in told
    assert "--scenarios DIR" in told and "give --baseline the path of one" in told
    told = sentence(place.harness("gate", "--scenarios", "my designs", "--baseline", "b.json"))
    assert "make one with harness gate --update --baseline b.json --scenarios 'my designs', or give" in told


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "there is no baseline 'reports/baseline.json': make one with harness gate --update"),
        (("--baseline", "nowhere/b.json"), "there is no baseline 'nowhere/b.json'"),
        (("--baseline", "nowhere/b.json", "--update"), "cannot write the baseline to 'nowhere/b.json'"),
        (("--baseline", "."), "cannot read the baseline '.': Is a directory"),
        (("--baseline", "-"), "a baseline is a file; found '-'"),
        (("--baseline", "-", "--update"), "a baseline is a file; found '-'"),
        (("--fault", "late"), "there is no fault class 'late' (did you mean late_send?)"),
    ],
)
def test_no_baseline(place: Place, arguments: tuple[str, ...], expected: str) -> None:
    assert expected in sentence(place.harness("gate", *KNOWN, *arguments))


def test_a_gate_that_would_compare_nothing_is_a_sentence_with_the_command_that_records(place: Place) -> None:
    known, other = handler(place, True), handler(place, True)
    assert place.harness("gate", "--update", "--design", known, *ERROR).code == 0
    told = sentence(place.harness("gate", "--design", other, *ERROR))
    assert "has nothing about what was asked for" in told
    command = told.partition("record it with harness ")[2].split()
    assert command == ["gate", "--update", "--design", other, *ERROR]
    assert place.harness(*command).code == 0
    assert place.harness("gate", *ERROR).code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_baseline_that_may_not_be_written(place: Place) -> None:
    assert place.harness("gate", "--update", *KNOWN).code == 0
    (place.folder / BASELINE).chmod(0o400)
    assert "Permission denied" in sentence(place.harness("gate", "--update", *KNOWN))


def test_an_interrupted_update_leaves_the_baseline_as_it_was(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert place.harness("gate", "--update", *KNOWN).code == 0
    before = (place.folder / BASELINE).read_bytes()

    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.cli.verify.verify_matrix", interrupted)
    assert place.harness("gate", "--update", *KNOWN).code == 130
    assert (place.folder / BASELINE).read_bytes() == before
    assert os.listdir(place.folder / "reports") == ["baseline.json"]
