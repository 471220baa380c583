"""Finding a Go toolchain and building with it: each thing that can go wrong is one sentence."""

import os
import stat
from pathlib import Path

import pytest

from harness.golang.process import GoMisbehaved, started
from harness.golang.toolchain import GoBuildFailed, GoUnavailable, Toolchain, find_go, run

PROGRAM = """package programs

import (
	"testing"

	"harness/gate"
)

func TestDrive(t *testing.T) {
	gate.Drive(t, []gate.Program{{Name: "p", Main: func(g *gate.G) { %s }}})
}
"""


def pretend_go(folder: Path, does: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A command `go` that is the only one there."""
    command = folder / "go"
    command.write_text(f"#!/bin/sh\n{does}\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.defpath}")
    monkeypatch.setattr("sys.executable", str(folder / "python"))
    return str(command)


def test_without_a_toolchain_it_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(GoUnavailable, match=r"pip install 'stream-race-harness\[go\]'"):
        find_go()


def test_a_toolchain_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_go(tmp_path, "echo go1.24.9", monkeypatch)
    with pytest.raises(GoUnavailable, match=r"Go 1.25 or later, and .*go says 'go1.24.9'"):
        find_go()


def test_what_does_not_say_a_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_go(tmp_path, "echo gopher", monkeypatch)
    with pytest.raises(GoUnavailable, match="says 'gopher'"):
        find_go()


def test_a_command_that_cannot_be_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = pretend_go(tmp_path, "", monkeypatch)
    Path(command).write_text("#!/nowhere/at/all\n")
    with pytest.raises(GoUnavailable, match="cannot be run"):
        find_go()


def test_what_it_complains_about_is_not_taken_for_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_go(tmp_path, "echo go: unknown GOEXPERIMENT such; exit 2", monkeypatch)
    with pytest.raises(GoUnavailable, match=r"go cannot be run: go: unknown GOEXPERIMENT such$"):
        find_go()


def test_the_toolchain_beside_the_interpreter_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = pretend_go(tmp_path, "echo go1.25", monkeypatch)
    assert find_go() == Toolchain(command, "go1.25")


def test_a_build_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = pretend_go(tmp_path, "exec sleep 60", monkeypatch)
    late = pytest.raises(GoBuildFailed, match=r"did not finish building within 0.1 seconds")
    with late, Toolchain(command, "go1.25").built({}, seconds=0.1):
        pass


def test_what_a_build_that_is_given_up_has_started_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    does = f'sleep 61 & echo $! > {tmp_path}/pid; echo "$GOTMPDIR" > {tmp_path}/place; mkdir "$GOTMPDIR/left"; wait'
    command = pretend_go(tmp_path, does, monkeypatch)
    with pytest.raises(GoBuildFailed), Toolchain(command, "go1.25").built({}, seconds=2):
        pass
    started = (tmp_path / "pid").read_text().strip()
    state = run(["ps", "-o", "stat=", "-p", started], None, 60).stdout.strip()
    assert state == "" or state.startswith("Z")
    assert not Path((tmp_path / "place").read_text().strip()).exists()


def test_a_build_is_for_this_machine_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = pretend_go(tmp_path, 'echo "go1.25<$GOOS$GOARCH$GOFLAGS>"', monkeypatch)
    for name in ("GOOS", "GOARCH", "GOFLAGS"):
        monkeypatch.setenv(name, "plan9")
    assert find_go() == Toolchain(command, "go1.25<>")


def test_a_warning_before_the_version_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = pretend_go(tmp_path, "echo 'warning: both GOPATH and GOROOT are the same' >&2; echo go1.25", monkeypatch)
    assert find_go() == Toolchain(command, "go1.25")


def test_no_place_to_build_in_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = pretend_go(tmp_path, "", monkeypatch)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(GoBuildFailed, match="no place to build"), Toolchain(command, "go1.25").built({}):
        pass


def test_files_that_cannot_be_written_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = pretend_go(tmp_path, "", monkeypatch)
    sources = {"go.mod/below.go": "package below"}  # go.mod is a file
    with pytest.raises(GoBuildFailed, match="cannot be written"), Toolchain(command, "go1.25").built(sources):
        pass


@pytest.mark.parametrize(("cgo", "compiler"), [("0", "sh"), ("1", "no-such-compiler -m64")])
def test_a_race_detector_without_a_c_compiler_is_refused(
    cgo: str, compiler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = pretend_go(tmp_path, f"case $2 in CC) echo {compiler};; *) echo {cgo};; esac", monkeypatch)
    needed = pytest.raises(GoUnavailable, match="race detector needs cgo and a C compiler")
    with needed, Toolchain(command, "go1.25").built({}, race=True):
        pass


def test_what_the_compiler_says_first_is_told(go: Toolchain) -> None:
    told = pytest.raises(GoBuildFailed, match=r"cannot build the program: \S*drive_test.go:10:\d+: undefined: nonsense")
    with told, go.built({"drive_test.go": PROGRAM % "nonsense()"}):
        pass


def test_a_program_that_never_rests_is_given_up(go: Toolchain) -> None:
    told = pytest.raises(GoMisbehaved, match="the Go program p did not answer in 1 second")
    with go.built({"drive_test.go": PROGRAM % "for { }"}) as binary, started(binary, seconds=1) as process, told:
        process.do({"Program": "p", "Runs": 1})


def test_a_program_that_ends_its_process_is_told_apart_from_one_that_panics(go: Toolchain) -> None:
    text = 'if g.Choose(2) == 0 { panic("boom") }; println("bye"); os.Exit(3)'
    source = (PROGRAM % text).replace('"testing"', '"os"\n\t"testing"')
    told = pytest.raises(GoMisbehaved, match="the Go program p died: bye")
    with go.built({"drive_test.go": source}) as binary, started(binary) as process, told:
        process.do({"Program": "p", "Runs": 50})


def test_a_program_that_dies_without_a_word_is_not_started_again_and_again(go: Toolchain) -> None:
    source = (PROGRAM % "syscall.Kill(syscall.Getpid(), syscall.SIGKILL)").replace(
        '"testing"', '"syscall"\n\t"testing"'
    )
    told = pytest.raises(GoMisbehaved, match="the Go program p died: it does not say why")
    with go.built({"drive_test.go": source}) as binary, started(binary, seconds=20) as process, told:
        process.do({"Program": "p", "Runs": 50})


def test_a_process_that_holds_many_goroutines_is_replaced_and_every_run_counts(go: Toolchain) -> None:
    text = 'println("noise"); g.At("receive"); <-(chan int)(nil)'
    with go.built({"drive_test.go": PROGRAM % text}) as binary, started(binary) as process:
        for _ in range(3):
            assert process.do({"Program": "p", "Runs": 250})["Outcomes"] == {"main[]@receive": 250}


def test_a_file_that_cannot_be_run_is_one_sentence(tmp_path: Path) -> None:
    binary = tmp_path / "program.test"
    binary.write_text("not for this machine")
    with started(binary) as process, pytest.raises(GoMisbehaved, match="cannot be run here"):
        process.do({"Program": "p", "Runs": 1})


def test_a_job_says_how_many_processors_and_which_chances(go: Toolchain) -> None:
    text = 'g.Log("with", runtime.GOMAXPROCS(0), g.Choose(1_000_000))'
    source = (PROGRAM % text).replace('"testing"', '"runtime"\n\t"testing"')
    with go.built({"drive_test.go": source}) as binary, started(binary) as process:
        for processors in (1, 2, 4):
            job = {"Program": "p", "Runs": 20, "Procs": processors, "Seed": 7}
            outcomes = process.do(job)["Outcomes"]
            assert len(outcomes) == 20 and outcomes == process.do(job)["Outcomes"]
            assert all(outcome.startswith(f"main[with {processors} ") for outcome in outcomes)


def test_an_unknown_program_is_an_answer(go: Toolchain) -> None:
    with go.built({"drive_test.go": PROGRAM % ""}) as binary, started(binary) as process:
        with pytest.raises(GoMisbehaved, match='there is no program "q"'):
            process.do({"Program": "q", "Runs": 1})
        assert process.do({"Program": "p", "Runs": 3})["Outcomes"] == {"main[]": 3}


def test_a_fatal_error_is_the_wanted_outcome_or_none(go: Toolchain) -> None:
    source = (PROGRAM % "var m sync.Mutex; m.Unlock()").replace('"testing"', '"sync"\n\t"testing"')
    fatal = "fatal error: sync: unlock of unlocked mutex"
    job = {"Program": "p", "Runs": 2, "Forced": True, "Steps": [], "Stuck": []}
    with go.built({"drive_test.go": source}) as binary, started(binary) as process:
        report = process.do({**job, "Wanted": "main[]"})
        assert (report["Same"], report["Differs"]) == (0, f"the process died of '{fatal}'")
        assert process.do({**job, "Wanted": fatal})["Same"] == 2
