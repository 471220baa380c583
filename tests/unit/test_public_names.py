"""The public names come from `harness`, and only when they are asked for."""

import subprocess
import sys

import pytest

import harness
from harness import api


def test_every_public_name_is_there_and_is_the_one_of_its_home() -> None:
    assert set(api.__all__) <= set(dir(harness)) and harness.__all__ == api.__all__
    assert all(getattr(harness, name) is getattr(api, name) for name in api.__all__)
    with pytest.raises(AttributeError, match="module 'harness' has no attribute 'nonsense'"):
        harness.nonsense  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_imports_nothing_of_it() -> None:
    script = (
        "import sys, harness; before = [name for name in sys.modules if name.startswith('harness.')]; "
        "from harness import go; from harness import *; print(before, select is harness.select, go.__name__)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert answer.stdout.split() == ["[]", "True", "go"], answer.stderr
