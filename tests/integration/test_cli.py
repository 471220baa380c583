"""The command line as other programs see it: a process with an exit code, stdout and stderr."""

import os
import pty
import signal
import subprocess
import sys

import pytest

from tests.integration.cli_runs import Place, command, environment_with, printed_command, sentence

PROGRAMS = """
async def fine():
    results = Channel(1)

    async def worker():
        await results.send(42)

    go(worker)
    return (await results.recv())[0]

async def broken():
    await Channel(name="nobody sends").recv()

async def wide():
    for _ in range(6):
        await choose(3)

calls = 0

async def interrupted():
    global calls
    calls += 1
    if calls == 40:
        import os, signal
        os.kill(os.getpid(), signal.SIGINT)
    await wide()
"""


def test_exit_code_0_as_expected(place: Place) -> None:
    answer = place.process("prove", f"{place.module(PROGRAMS)}:fine")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("proved: ") and "returns 42" in answer.out


def test_exit_code_1_a_property_is_violated_and_the_printed_command_shows_it_again(place: Place) -> None:
    answer = place.process("check", f"{place.module(PROGRAMS)}:broken")
    assert (answer.code, answer.err) == (1, "")
    assert answer.out.startswith("violated: no_deadlock: ")
    replayed = place.process(*printed_command(answer))
    assert replayed.code == 1
    assert "violated: no_deadlock: " in replayed.out and "receive on nobody sends" in replayed.out


def test_exit_code_2_bad_input(place: Place) -> None:
    assert "'nowhere'" in sentence(place.process("prove", "nowhere:program"))


def test_exit_code_3_inconclusive(place: Place) -> None:
    answer = place.process("prove", f"{place.module(PROGRAMS)}:wide", "--max-executions", 10)
    assert (answer.code, answer.err) == (3, "")
    assert answer.out.startswith("inconclusive: nothing is proved after 10 executions")


def test_exit_code_130_interrupted_with_what_is_known_so_far(place: Place) -> None:
    answer = place.process("prove", f"{place.module(PROGRAMS)}:interrupted")
    assert (answer.code, answer.err) == (130, "")
    assert answer.out == "interrupted after 38 executions, no objection so far: nothing is proved\n"


def test_a_reader_who_leaves_early_causes_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        run = subprocess.run(command("list"), stdout=pipe, stderr=subprocess.PIPE, env=environment_with(), check=False)
    assert (run.returncode, run.stderr) == (141, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_a_sentence(place: Place) -> None:
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            command("list"), stdout=full, stderr=subprocess.PIPE, env=environment_with(), check=False, text=True
        )
    assert run.returncode == 2
    assert run.stderr == "harness: cannot write to <stdout>: No space left on device\n"


def test_the_console_script_and_the_module_are_the_same(place: Place) -> None:
    answer = place.process("--version")
    assert (answer.code, answer.err) == (0, "")
    script = "import sys; from harness.__main__ import main; sys.exit(main(['--version']))"
    run = subprocess.run(
        [sys.executable, "-c", script], env=environment_with(), capture_output=True, text=True, check=True
    )
    assert run.stdout == answer.out


def test_on_a_terminal_progress_is_a_bar_and_colours_are_used(place: Place) -> None:
    shown = on_terminal(place, "verify", "--design", "close_channel", "--fault", "executor_error", "--jobs", "1")
    assert "━" in shown and "1/1" in shown and "[1/1]" not in shown
    assert "\x1b[32m✓ holds\x1b[0m" in shown


def test_a_terminal_that_cannot_redraw_gets_lines_and_no_colours(place: Place) -> None:
    arguments = ("verify", "--design", "close_channel", "--fault", "executor_error", "--jobs", "1")
    shown = on_terminal(place, *arguments, TERM="dumb", NO_COLOR="1")
    assert "[1/1] close_channel × executor_error: holds, " in shown and "━" not in shown
    assert "\x1b[" not in shown


def on_terminal(place: Place, *arguments: str, **environment: str) -> str:
    """Everything that a terminal of 100 columns is sent."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(place.folder)
        os.execve(sys.executable, command(*arguments), environment_with(COLUMNS="100", **environment))
    received = b""
    try:
        while chunk := os.read(terminal, 65536):
            received += chunk
    except OSError:
        pass  # Linux reports the end of a terminal as an error
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == 0, received
    return received.decode()


def test_an_interrupted_verification_ends_its_workers(place: Place) -> None:
    cells = ("--design", "supervised", "--fault", "no_flusher", "--fault", "combined")
    process = place.begun("verify", "--jobs", "2", *cells, new_session=True)
    assert process.stderr is not None
    first = process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert first.startswith("[1/2] ") and "Traceback" not in err
    assert "interrupted after 1 of 2 cells" in out
    assert "combined    ·" in out
