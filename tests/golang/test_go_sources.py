"""The Go sources are formatted as Go wants them, and `go vet` has nothing to say; the wheel's package data has them."""

from importlib.resources import files
from pathlib import Path

from harness.golang.toolchain import MODULE, Toolchain, gate_sources, run
from harness.golang.twin import sources

ROOT = Path(__file__).resolve().parents[2]


def test_the_sources_are_formatted_and_vetted(go: Toolchain, tmp_path: Path) -> None:
    for path, text in {"go.mod": MODULE, **gate_sources(), **sources("scenarios.stream")}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    root = run([go.command, "env", "GOROOT"], None, 60).stdout.strip()
    formatted = run([f"{root}/bin/gofmt", "-l", "."], tmp_path, 60)
    assert (formatted.returncode, formatted.stdout) == (0, "")
    vetted = run([go.command, "vet", "./..."], tmp_path, 600)
    assert (vetted.returncode, vetted.stdout) == (0, "")


def test_every_go_file_is_found_through_its_package() -> None:
    found = {*gate_sources(), *(f"go/{name}" for name in sources("scenarios.stream"))}
    there = {path.relative_to(ROOT / package).as_posix() for package in ("harness/golang", "scenarios/stream")
             for path in (ROOT / package).rglob("*.go")}  # fmt: skip
    assert found == there
    assert (files("scenarios.stream") / "go" / "serve.go").is_file()
