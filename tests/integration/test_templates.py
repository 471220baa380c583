"""What `harness template` prints is executed: each step of the workflow, the hook, the line, in a project of a user."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from harness import __version__
from harness.cli.template import TEMPLATES, template
from tests.integration.cli_runs import ROOT, Place
from tests.unit.junit_form import checked

SCHEMA = json.loads((ROOT / "tests" / "data" / "github-workflow.json").read_text("utf-8"))
ONCE = """
from harness.stream import Event

async def handler(ctx, client, execute, *, capacity):
    await client.write(Event("done"))
"""
TWICE = f"{ONCE}    await client.write(Event('done'))\n"  # and is quickly explored, like the other


def environment(**variables: str) -> dict[str, str]:
    """With this Python and its scripts first, as in an activated environment, and nothing of a CI around it."""
    outside = ("GITHUB_", "PRE_COMMIT", "GIT_", "PIP_", "PYTHONPATH")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**inherited, "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUTF8": "1", **variables}


def bash(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """As GitHub runs a step."""
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command]
    return subprocess.run(words, cwd=folder, env=environment(**variables), capture_output=True, text=True, timeout=300)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a handler, and a baseline of it."""
    (tmp_path / "app.py").write_text(ONCE, "utf-8")
    run = bash("harness gate --update --design app:handler", tmp_path)
    assert run.returncode == 0, run.stderr
    return tmp_path


def workflow() -> dict[Any, Any]:
    """The workflow; YAML 1.1, which PyYAML reads, takes the key `on` for a truth value."""
    read = yaml.safe_load(template("github"))
    return {"on" if key is True else key: value for key, value in read.items()}


def steps() -> list[dict[str, Any]]:
    (job,) = workflow()["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found


def test_the_workflow_fits_the_schema_of_workflows() -> None:
    jsonschema.validate(workflow(), SCHEMA)


@pytest.mark.parametrize("damage", [{"on": "merge"}, {"jobs": {}}, {"permissions": {"contents": "all"}}, {"step": []}])
def test_the_schema_of_workflows_is_awake(damage: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**workflow(), **damage}, SCHEMA)


def test_the_workflow_s_steps_pass_and_fail_where_they_should(project: Path) -> None:
    commands = [step["run"] for step in steps() if "run" in step]
    assert len(commands) == 3
    summary = project / "summary.md"
    for good in (True, False):
        (project / "app.py").write_text(ONCE if good else TWICE, "utf-8")
        runs = [bash(command, project, GITHUB_STEP_SUMMARY=str(summary)) for command in commands]
        assert [run.returncode for run in runs] == [0, 0, 0 if good else 1], runs[-1].stderr
        assert ("::error file=app.py,line=" in runs[-1].stdout) != good
        assert checked((project / "harness.xml").read_text("utf-8")).attrib["failures"] == ("0" if good else "13")
        assert json.loads((project / "harness.sarif").read_text("utf-8"))["version"] == "2.1.0"
    told = [line for line in summary.read_text("utf-8").splitlines() if line.startswith("## ")]
    assert [line.split(":")[0] for line in told] == ["## ✅ gate passed", "## ❌ gate failed"]


@pytest.mark.parametrize(
    ("there", "installed"),
    [
        ((), []),
        (("pyproject.toml",), ["-e ."]),
        (("setup.py",), ["-e ."]),
        (("pyproject.toml", "requirements.txt"), ["-r requirements.txt", "-e ."]),
    ],
)
def test_the_workflow_installs_the_project_under_test_and_then_this_version(
    tmp_path: Path, there: tuple[str, ...], installed: list[str]
) -> None:
    for name in there:
        (tmp_path / name).touch()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text('#!/bin/sh\necho "$*" >> installed\n', "utf-8")
    (tmp_path / "bin" / "python").chmod(0o700)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    for step in steps():
        if step.get("name", "").startswith("Install"):
            assert bash(step["run"], tmp_path, PATH=path).returncode == 0
    told = (tmp_path / "installed").read_text("utf-8").splitlines()
    assert told == [f"-m pip install {words}" for words in (*installed, f"stream-race-harness=={__version__}")]


def test_the_workflow_may_upload_in_a_private_repository_as_well() -> None:
    assert workflow()["permissions"] == {"actions": "read", "contents": "read", "security-events": "write"}


def test_the_line_installs_this_version() -> None:
    assert f'"stream-race-harness=={__version__}"' in template("one-liner")


def test_the_workflow_uploads_what_the_gate_writes() -> None:
    gate = next(step["run"] for step in steps() if step.get("name") == "Gate")
    uploaded = [name for step in steps() for name in step.get("with", {}).get("path", "").split()]
    uploaded += [step["with"]["sarif_file"] for step in steps() if "sarif_file" in step.get("with", {})]
    assert set(uploaded) == {"harness.xml", "harness.sarif"}
    assert all(name in gate for name in uploaded)


def test_the_line_passes_and_fails_where_it_should(project: Path) -> None:
    (line,) = template("one-liner").splitlines()
    assert bash(line, project).returncode == 0
    (project / "app.py").write_text(TWICE, "utf-8")
    failed = bash(line, project)
    assert failed.returncode == 1 and "gate failed: " in failed.stdout


def test_the_hook_is_valid_and_stops_a_push_that_makes_a_verdict_worse(project: Path, tmp_path: Path) -> None:
    (project / ".pre-commit-config.yaml").write_text(template("pre-commit"), "utf-8")
    commit = "git add -A && git -c user.name=x -c user.email=x@example.org commit -qm change"
    push = "git push -q origin HEAD:main"
    home = str(tmp_path / "cache")
    prepared = bash(
        "pre-commit validate-config && git init -q && git init -q --bare ../remote.git 2>/dev/null && "
        f"git remote add origin ../remote.git && pre-commit install --hook-type pre-push && {commit} && {push}",
        project,
        PRE_COMMIT_HOME=home,
    )
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    assert "no verdict gets worse" in prepared.stdout + prepared.stderr
    (project / "app.py").write_text(TWICE, "utf-8")
    refused = bash(f"{commit} && {push}", project, PRE_COMMIT_HOME=home)
    assert refused.returncode != 0
    assert "one_final_status was proved, is violated" in refused.stdout + refused.stderr


def test_the_hook_is_asked_where_nothing_but_the_baseline_has_changed(project: Path, tmp_path: Path) -> None:
    (project / ".pre-commit-config.yaml").write_text(template("pre-commit"), "utf-8")
    commit = "git add -A && git -c user.name=x -c user.email=x@example.org commit -qm change"
    home = str(tmp_path / "cache")
    assert bash(f"git init -q && {commit}", project, PRE_COMMIT_HOME=home).returncode == 0
    baseline = project / "reports" / "baseline.json"
    text = baseline.read_text("utf-8")
    lost = text.replace('"no_panic", "verdict": "holds"', '"no_panic", "verdict": "violated"', 1)
    baseline.write_text(lost, "utf-8")
    run = "pre-commit run --hook-stage pre-push --from-ref HEAD~1 --to-ref HEAD"
    refused = bash(f"{commit} && {run}", project, PRE_COMMIT_HOME=home)
    assert refused.returncode != 0 and "Known bugs that are not found any more" in refused.stdout


def test_the_repository_offers_a_valid_hook() -> None:
    checked_hooks = bash("pre-commit validate-manifest .pre-commit-hooks.yaml", ROOT)
    assert checked_hooks.returncode == 0, checked_hooks.stdout
    (offered,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (local,) = yaml.safe_load(template("pre-commit"))["repos"][0]["hooks"]
    assert {name: offered[name] for name in local if name != "language"} == {
        name: local[name] for name in local if name != "language"
    }


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_command_prints_them(place: Place, name: str) -> None:
    answer = place.harness("template", name)
    assert (answer.code, answer.out) == (0, template(name))


def test_an_unknown_template_is_answered_with_all(place: Place) -> None:
    answer = place.harness("template", "gitlab")
    assert answer.code == 2 and all(name in answer.err for name in ("'gitlab'", *TEMPLATES))
