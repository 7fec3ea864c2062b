"""`nodeloom up`: what dies comes back, what is stopped stops whole, what can't start says why in one line."""

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.support.up import NODELOOM, Up, environment, free_port, nodeloom_up
from tests.support.waiting import wait_until

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Shared: its tests leave it running."""
    with nodeloom_up(tmp_path_factory.mktemp("up"), NODELOOM_WORKERS="1") as started:
        yield started


def refused(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """Exit status and the one line of a start that can't be."""
    done = subprocess.run(
        [NODELOOM, *arguments],
        env=environment(folder / "home", free_port(), **settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    (line,) = done.stderr.strip().splitlines()
    return done.returncode, line


def test_the_first_start_says_where_and_how_to_sign_in(up: Up) -> None:
    assert f"Nodeloom is ready: http://127.0.0.1:{up.port}" in up.output()
    assert "make the owner's account" in up.output()


@pytest.mark.parametrize("word", ["api", "worker", "scheduler", "valkey-server"])
def test_a_killed_process_is_started_again(up: Up, word: str) -> None:
    killed = up.child(word)
    killed.kill()
    wait_until(
        lambda: [child for child in up.children(word) if child.pid != killed.pid], f"another {word}", within_s=20
    )


def test_each_process_carries_its_word(up: Up) -> None:
    for word in ("api", "worker", "scheduler"):
        assert f"nodeloom {word}" in " ".join(up.child(word).cmdline())


def test_a_second_start_on_the_same_data_is_refused(up: Up) -> None:
    status, line = refused(up.log.parent, "up")
    assert status == 1
    assert re.search(rf"already running on .* \(process {up.process.pid}\)", line)


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert refused(tmp_path, "up", "--port", str(port)) == (
            1,
            f"nodeloom: port {port} is taken by another program; choose one with --port",
        )


@pytest.mark.parametrize("command", ["up", "api", "worker", "scheduler", "doctor", "migrate"])
def test_an_unknown_setting_stops_every_command(tmp_path: Path, command: str) -> None:
    status, line = refused(tmp_path, command, NODELOOM_PROT="1")
    assert (status, line) == (2, "nodeloom: NODELOOM_PROT is not a setting of Nodeloom; did you mean NODELOOM_PORT?")


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    status, line = refused(tmp_path, "up", "--home", str(tmp_path / "file" / "home"))
    assert status == 2
    assert line.startswith("nodeloom: NODELOOM_HOME: ")


def test_an_unreachable_database_is_named(tmp_path: Path) -> None:
    status, line = refused(tmp_path, "up", NODELOOM_DATABASE_URL=f"postgresql://x@127.0.0.1:{free_port()}/x")
    assert status == 1
    assert line.startswith("nodeloom: NODELOOM_DATABASE_URL: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_it_ends_nothing_stays_behind(tmp_path: Path, number: signal.Signals) -> None:
    with nodeloom_up(tmp_path) as up:
        children = psutil.Process(up.process.pid).children()
        up.process.send_signal(number)
        status = up.process.wait(40)
        wait_until(lambda: not [child for child in children if _lives(child)], "the children to end")
    assert len(children) >= 4
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    # The first thread of a killed process may be gone before the one that holds the socket.
    wait_until(lambda: _is_free(up.port), "the port to be free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_long_path_to_the_data_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    with nodeloom_up(folder) as up:
        assert up.child("valkey-server").is_running()
