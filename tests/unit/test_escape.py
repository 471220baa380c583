"""User code that catches everything is left all the same, and the trace function is as it was."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from harness.runtime.escape import caught

ROOT = Path(__file__).parents[2]

AROUND = """
while True:
    try:
        while True: pass
    except BaseException: pass
"""
WORKING = """
while True:
    try:
        number = 0
        while True: number = len(str(number))
    except BaseException:
        number = 1
"""
WITHIN = """
async def endless():
    while True:
        try:
            while True: pass
        except BaseException: pass
while True:
    try:
        await endless()
    except BaseException: pass
"""
SUPPRESSED = """
from contextlib import suppress
while True:
    with suppress(BaseException):
        while True: pass
"""
NESTED = """
while True:
    try:
        try:
            while True: pass
        except BaseException: pass
        while True: pass
    except BaseException: pass
"""


@pytest.mark.parametrize("body", [AROUND, WORKING, WITHIN, SUPPRESSED, NESTED])
def test_a_loop_that_catches_everything_is_left(body: str) -> None:
    script = f"""
import sys
from harness import run

def tracer(*event):
    return None

async def main():
{textwrap.indent(body, "    ")}

sys.settrace(tracer)
try:
    run(main, patience=0.05)
finally:
    print(sys.gettrace() is tracer)
"""
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert "StuckProgram: main has run for more than 0.05 s" in answer.stderr
    assert answer.stdout == "True\n"


def test_what_stands_within_a_try_or_a_with_is_known() -> None:
    async def example(number: int) -> None:
        number += 1
        try:
            number += 3
        except BaseException:
            number += 5
        with open("x"):
            number += 7
        number += 8

    code = example.__code__
    within = {line for start, _, line in code.co_lines() if line is not None and caught(code, start)}
    assert within & {code.co_firstlineno + line for line in (1, 3, 5, 7, 8)} == {
        code.co_firstlineno + line for line in (3, 7)
    }
