"""Fixtures of explored tests: new for every execution, and part of the program where they are async."""

from __future__ import annotations

from tests.plugin.conftest import Project
from tests.plugin.sources import HEAD

LOG = (
    HEAD
    + """
log = []
"""
)


def test_function_scoped_fixtures_are_new_for_every_execution_and_others_are_not(project: Project) -> None:
    source = (
        LOG
        + """
@pytest.fixture(scope="module")
def shared():
    log.append("module up")
    yield []
    log.append("module down")
@pytest.fixture
def fresh(shared):
    yield []
    log.append("down")
@pytest.fixture
def dependent(fresh):
    return fresh
@pytest.fixture
def channel():
    return Channel(1, name="made in a fixture")
@harness.explore(strategy="random-walk", executions=5)
async def test_it(fresh, dependent, shared, channel):
    assert fresh is dependent and fresh == []
    fresh.append(1)
    shared.append(1)
    await channel.send(1)
    assert await channel.length() == 1
def test_afterwards(shared):
    assert len(shared) > 5
    assert log.count("module up") == 1 and log.count("down") == len(shared) + 1
"""
    )
    project(source).assert_outcomes(passed=2)


def test_a_fixture_that_is_not_torn_down_would_be_noticed(project: Project) -> None:
    source = (
        LOG
        + """
@pytest.fixture(scope="module")
def kept():
    return []
@harness.explore(executions=5)
async def test_it(kept):
    await gosched()
    assert not kept, "left over"
    kept.append(1)
"""
    )
    found = project(source)
    found.stdout.fnmatch_lines(["*left over*"])


def test_pytests_own_fixtures_are_as_good_as_new(project: Project) -> None:
    source = (
        LOG
        + """
import os, sys
@harness.explore(executions=20)
async def test_it(monkeypatch, tmp_path, capsys, request, caplog):
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("x")
    log.append(tmp_path)
    assert "HARNESS_PROBE" not in os.environ
    monkeypatch.setenv("HARNESS_PROBE", "1")
    print("once")
    await gosched()
    assert capsys.readouterr().out == "once\\n"
    assert request.getfixturevalue("late") == []
    request.getfixturevalue("late").append(1)
@pytest.fixture
def late():
    return []
def test_afterwards():
    assert len(log) >= 20 and len(set(log)) == 1
    assert "HARNESS_PROBE" not in os.environ
"""
    )
    project(source).assert_outcomes(passed=2)


def test_setup_and_teardown_methods_and_the_instance_are_new_for_every_execution(project: Project) -> None:
    source = (
        LOG
        + """
class TestIt:
    def setup_method(self):
        self.values = []
        log.append("up")
    def teardown_method(self):
        log.append("down")
    @harness.explore(executions=3)
    async def test_it(self):
        self.values.append(1)
        await gosched()
        assert self.values == [1]
class TestPlain:
    @harness.explore(executions=3)
    async def test_it(self):
        assert not vars(self)
        self.value = 1
def test_afterwards():
    assert log.count("up") == log.count("down") > 3
    assert "up down" * log.count("up") == "".join(log).replace("updown", "up down")
"""
    )
    project(source).assert_outcomes(passed=3)


def test_async_fixtures_run_in_the_main_goroutine_around_the_test(project: Project) -> None:
    source = (
        LOG
        + """
@pytest.fixture
async def letters():
    letters = Channel(1, name="letters")
    yield letters
    await letters.close()
@pytest.fixture
async def server(letters, answers):
    async def serve():
        async for letter in letters:
            await answers.send(letter.upper())
        await answers.close()
    go(serve)
    yield letters
@pytest.fixture
async def answers():
    return Channel(1)
@harness.explore(prove=True)
async def test_it(server, letters, answers):
    assert server is letters
    await server.send("a")
    assert await answers.recv() == ("A", True)
@pytest.fixture
async def leaking():
    channel = Channel()
    yield channel
    await channel.send(1)
@harness.explore(prove=True)
async def test_stuck(leaking):
    pass
"""
    )
    found = project(source)
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(["no_deadlock: *", ">  *await channel.send(1)"])


def test_an_async_fixture_is_torn_down_when_the_test_raises(project: Project) -> None:
    source = (
        LOG
        + """
@pytest.fixture
async def guarded():
    mutex = Mutex()
    await mutex.lock()
    yield mutex
    log.append("down")
    await mutex.unlock()
@harness.explore(executions=2)
async def test_it(guarded):
    go(guarded.lock)
    assert not guarded
def test_afterwards():
    assert "down" in log
"""
    )
    found = project(source)
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(["no_exception: main raised AssertionError*"])


def test_what_a_fixture_does_wrong_is_told_where_pytest_tells_it(project: Project) -> None:
    source = (
        LOG
        + """
@pytest.fixture
def broken():
    raise KeyError("setup")
@pytest.fixture
def failing():
    yield
    assert not "torn down"
@pytest.fixture
def refusing():
    yield
    pytest.fail("refused in teardown")
@pytest.fixture
def skipping():
    pytest.skip("no database")
@pytest.fixture
async def slow():
    return 1
@pytest.fixture
def plain(slow):
    return slow
@pytest.fixture
async def twice():
    yield 1
    yield 2
@harness.explore
async def test_broken(broken):
    pass
@harness.explore
async def test_failing(failing):
    pass
@harness.explore
async def test_refusing(failing, refusing):
    pass
@harness.explore
async def test_skipping(skipping):
    pass
@harness.explore
async def test_plain(plain):
    pass
@harness.explore
async def test_twice(twice):
    pass
@harness.explore
async def test_unknown(nothing):
    pass
"""
    )
    found = project(source)
    found.assert_outcomes(errors=3, failed=3, skipped=1)
    found.stdout.no_fnmatch_line("*harness/*.py*")
    found.stdout.fnmatch_lines_random(
        [
            "*ERROR at setup of test_broken*",
            "*fixture 'nothing' not found*",
            "*'plain' is a plain function and uses the async fixture 'slow'*make 'plain' async, too*",
            "no_exception: main raised AssertionError at test_it.py:*",
            "*the async fixture 'twice' yields twice*",
            "*Failed: refused in teardown",
        ]
    )


def test_fixtures_of_executions_do_not_pile_up(project: Project) -> None:
    source = (
        LOG
        + """
import gc, weakref
class Thing:
    pass
alive = weakref.WeakSet()
@pytest.fixture(scope="session")
def base():
    return 1
@pytest.fixture
def thing(base, tmp_path):
    thing = Thing()
    alive.add(thing)
    return thing
@harness.explore(executions=200)
async def test_it(thing):
    await gosched()
def test_afterwards():
    gc.collect()
    assert len(alive) < 5
"""
    )
    project(source).assert_outcomes(passed=2)


def test_who_holds_a_fixture_is_who_has_asked_for_it(project: Project) -> None:
    """Main polls for ever: of a channel that only a fixture holds it is known that nobody else can send on it."""
    source = (
        LOG
        + """
from harness.oracles import terminates
@pytest.fixture
def letters():
    return Channel(name="letters")
@pytest.fixture
def reader(letters):
    go(letters.recv)
@pytest.fixture
def value():
    return Atomic(0)
@harness.explore(prove=True)
async def test_it(reader, value):
    while not await value.load():
        pass
@harness.explore(prove=True)
async def test_holding(reader, letters, value):
    while not await value.load():
        pass
    await letters.send(1)
"""
    )
    found = project(source)
    found.assert_outcomes(failed=2)
    found.stdout.fnmatch_lines(["no_deadlock: partial deadlock*main/recv#1 (receive on letters*"])
    found.stdout.fnmatch_lines(["nothing is proved*"])
    assert sum(line.startswith("no_deadlock") for line in found.outlines) == 1
