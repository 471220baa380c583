"""The workers of a search end with the process that they work for, even if that is killed."""

import signal
import subprocess
import sys

from tests.integration.cli_runs import ROOT, environment_with

PARENT = """
import os, signal, sys
from harness.search.parallel.pool import Pool
with Pool(2) as pool:
    for number in range(2):
        pool.submit(number, os.getpid)
    for number in range(2):
        pool.next()
    for number in range(2):
        pool.submit(number, signal.pause)
    sys.stdout.write("at work\\n")
    sys.stdout.flush()
    pool.next()
"""


def test_killed_with_its_workers_in_the_middle_of_their_work() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=ROOT,
        env=environment_with(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "at work\n"
    parent.send_signal(signal.SIGKILL)
    out, err = parent.communicate()  # returns when nobody has the pipes any more
    assert (parent.returncode, out, err) == (-signal.SIGKILL, "", "")
