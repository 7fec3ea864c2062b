"""Turns among processes: one at a time, woken at once, given up without harm, taken back from the dead."""

import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

import pytest

from nodeloom.adapters.file_turn import FileTurn
from nodeloom.adapters.turns import NoTurn, Turns

HOLDER = """
import sys
from pathlib import Path
from nodeloom.adapters.file_turn import FileTurn

FileTurn(Path(sys.argv[1])).ask().result()
print("mine", flush=True)
sys.stdin.readline()
"""


def holder(path: Path) -> "subprocess.Popen[str]":
    """Another process that has the turn until it is told to go or dies."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "mine\n"
    return process


def end(process: "subprocess.Popen[str]") -> None:
    process.communicate("go\n")


def test_who_waits_gets_the_turn_when_the_other_process_is_done(tmp_path: Path) -> None:
    turn = FileTurn(tmp_path / "turn")
    other = holder(tmp_path / "turn")
    asked = turn.ask()
    assert not asked.done()
    end(other)
    assert asked.result(5) is None


def test_a_killed_process_keeps_no_turn(tmp_path: Path) -> None:
    other = holder(tmp_path / "turn")
    asked = FileTurn(tmp_path / "turn").ask()
    other.kill()
    other.communicate()
    assert asked.result(5) is None


def test_a_turn_that_nobody_waits_for_any_more_is_not_kept(tmp_path: Path) -> None:
    turn = FileTurn(tmp_path / "turn")
    other = holder(tmp_path / "turn")
    given_up = turn.ask()
    assert given_up.cancel()
    wanted = turn.ask()
    end(other)
    wanted.result(5)
    turn.give_back()
    end(holder(tmp_path / "turn"))


def test_of_two_in_one_process_one_has_the_turn(tmp_path: Path) -> None:
    first, second = FileTurn(tmp_path / "turn"), FileTurn(tmp_path / "turn")
    first.ask().result(5)
    asked: Future[None] = second.ask()
    assert not asked.done()
    first.give_back()
    assert asked.result(5) is None


async def test_threads_and_loops_hear_who_keeps_them_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodeloom.adapters.turns._LONGEST_WAIT_S", 0.05)
    turns = Turns(tmp_path / "turn")
    other = holder(tmp_path / "turn")
    with pytest.raises(NoTurn, match="another process"):
        await turns.take()
    with pytest.raises(NoTurn, match="another process"), turns.turn():
        pass
    end(other)
    await turns.take()
    with pytest.raises(NoTurn, match="this process"), turns.turn():
        pass
    turns.give_back()
    with turns.turn():
        pass
