"""What the environment may say, and how a mistake is named."""

import os
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from nodeloom.adapters.home import read_or_make_secret_key, socket_path
from nodeloom.adapters.settings import Settings, SettingsInvalid, load


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("NODELOOM_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_the_defaults_live_in_the_data_folder(tmp_path: Path) -> None:
    settings = load()
    home = tmp_path / ".nodeloom"
    assert settings.database_url == f"sqlite:///{home}/nodeloom.db"
    assert (settings.redis_url, settings.embedded_redis) == (f"unix://{socket_path(home)}", True)
    assert (settings.blob_path, settings.public_url) == (home / "blobs", "http://127.0.0.1:8600")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("NODELOOM_PORT=1111\nNODELOOM_HOST=::\nOTHER=1\n")
    monkeypatch.setenv("NODELOOM_PORT", "2222")
    settings = load()
    assert (settings.port, settings.host, settings.public_url) == (2222, "::", "http://localhost:2222")


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODELOOM_REDIS_URL", "")
    assert load().embedded_redis


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PROT", "1", "NODELOOM_PROT is not a setting of Nodeloom; did you mean NODELOOM_PORT?"),
        ("CONNECTOR_SETTINGS", "{}", "NODELOOM_CONNECTOR_SETTINGS is not a setting"),
        ("PORT", "many", "NODELOOM_PORT: "),
        ("PORT", "70000", "NODELOOM_PORT: "),
        ("WORKERS", "0", "NODELOOM_WORKERS: "),
        ("DATABASE_URL", "mysql://x", "NODELOOM_DATABASE_URL: expected sqlite:///path or postgresql://"),
        ("REDIS_URL", "http://x", "NODELOOM_REDIS_URL: expected redis://"),
        ("PUBLIC_URL", "flows.example.com", "NODELOOM_PUBLIC_URL: expected an address like"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,nonsense", "NODELOOM_TRUSTED_PROXIES: "),
        ("LOG_FORMAT", "xml", "NODELOOM_LOG_FORMAT: "),
        ("BLOB_URL", "s3://bucket", "NODELOOM_BLOB_URL: expected file:///path"),
        ("HOME", "/dev/null/x", "NODELOOM_HOME: /dev/null/x can't be used as data folder"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(f"NODELOOM_{name}", value)
    with pytest.raises(SettingsInvalid) as invalid:
        load()
    assert str(invalid.value).startswith(expected)
    assert "\n" not in str(invalid.value)


def test_a_mistake_in_a_secret_does_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODELOOM_SECRET_KEY", "tooshort")
    with pytest.raises(SettingsInvalid) as invalid:
        load()
    assert "tooshort" not in str(invalid.value)


def test_connectors_have_settings_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODELOOM_SLACK_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("NODELOOM_GOOGLE_MAIL_CLIENT_ID", "id")
    assert load().connector_settings == {"SLACK_API_URL": "http://127.0.0.1:1", "GOOGLE_MAIL_CLIENT_ID": "id"}


def test_several_keys_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODELOOM_SECRET_KEY", "a key of this year, a key of last year".replace(", ", " ,", 1))
    assert load().secret_keys == ("a key of this year", "a key of last year")


def test_without_the_setting_a_key_is_made_once_and_only_for_us(tmp_path: Path) -> None:
    keys = {Settings(home=tmp_path).secret_keys[0] for _ in range(3)}
    assert len(keys) == 1
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_several_processes_make_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("forkserver")) as processes:
        keys = set(processes.map(read_or_make_secret_key, [tmp_path] * 8))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_a_long_path_moves_the_socket_not_the_data(tmp_path: Path) -> None:
    assert socket_path(Path("/srv/nodeloom")) == Path("/srv/nodeloom/valkey.sock")
    long = tmp_path / ("x" * 120)
    assert len(str(socket_path(long))) < 100
    assert socket_path(long) != socket_path(tmp_path / ("y" * 120))
