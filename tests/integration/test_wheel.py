"""The package as a user has it: a wheel, in an environment and a project that know nothing of this checkout."""

import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.integration.cli_runs import ROOT, environment_with
from tests.integration.test_readme import marked_blocks

WHERE = "import harness, scenarios; print(harness.__file__); print(scenarios.__file__)"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the wheel, and this one's packages, but not this checkout.

    A folder that a .pth file names is searched for packages; the .pth files in it, an editable install's say, are not
    read.
    """
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False)
    binaries = folder / "env" / "bin"
    subprocess.run(
        [*pip, "--python", str(binaries / "python"), "install", "--no-deps", "--no-index", str(wheel)],
        check=True,
        capture_output=True,
        text=True,
    )
    (packages,) = (folder / "env" / "lib").glob("*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return binaries


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the files that the README tells the reader to save."""
    for mark, _, text in marked_blocks():
        if mark.startswith("file: "):
            (tmp_path / mark.removeprefix("file: ")).write_text(text, "utf-8")
    return tmp_path


def run(binaries: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in environment_with().items() if name != "PYTHONPATH"}
    command = [str(binaries / words[0]), *words[1:]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def test_the_wheel_is_what_is_imported(installed: Path, project: Path) -> None:
    places = run(installed, project, "python", "-c", WHERE).stdout.split()
    assert len(places) == 2 and all(Path(place).is_relative_to(installed.parent) for place in places)


def test_the_ten_lines_find_the_bug_and_the_repair_passes(installed: Path, project: Path) -> None:
    broken = run(installed, project, "harness", "prove", "my_handlers:program")
    assert broken.returncode == 1 and broken.stdout.startswith("violated: no_event_lost: ")
    assert run(installed, project, "harness", "prove", "my_fixed_handlers:program").returncode == 0


def test_the_plugin_finds_the_bug_in_pytest_and_passes_after_the_repair(installed: Path, project: Path) -> None:
    words = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_my_handlers.py")
    broken = run(installed, project, *words)
    assert broken.returncode == 1 and "no_event_lost: worker1:1 was accepted" in broken.stdout
    test = project / "test_my_handlers.py"
    test.write_text(test.read_text("utf-8").replace("from my_handlers", "from my_fixed_handlers"), "utf-8")
    assert run(installed, project, *words).returncode == 0


def test_the_gate_fails_when_the_fix_is_reverted_and_passes_when_it_is_back(installed: Path, project: Path) -> None:
    fixed, broken = ((project / name).read_text("utf-8") for name in ("my_fixed_handlers.py", "my_handlers.py"))
    app = project / "app.py"
    app.write_text(fixed, "utf-8")
    brief = ("--fault", "delay", "--fault", "nil_event")
    assert run(installed, project, "harness", "gate", "--update", "--design", "app:handler", *brief).returncode == 0
    assert run(installed, project, "harness", "gate", *brief).returncode == 0
    app.write_text(broken, "utf-8")
    failed = run(installed, project, "harness", "gate", *brief)
    assert failed.returncode == 1
    assert "! app:handler: no_event_lost was proved, is violated under delay" in failed.stdout
    (token,) = set(re.findall(r"harness (replay h2\.\S+)", failed.stdout))
    assert "violated: no_event_lost: " in run(installed, project, "harness", *token.split()).stdout
    app.write_text(fixed, "utf-8")
    assert run(installed, project, "harness", "gate", *brief).returncode == 0


@pytest.mark.parametrize("name", ["github", "pre-commit", "one-liner"])
def test_the_wheel_has_the_templates(installed: Path, project: Path, name: str) -> None:
    assert "harness gate" in run(installed, project, "harness", "template", name).stdout


def test_the_wheel_verifies_the_designs_that_it_brings(installed: Path, project: Path) -> None:
    cell = ("--design", "supervised", "--fault", "executor_panic", "--jobs", "1")
    assert run(installed, project, "harness", "verify", *cell).returncode == 0
