"""A mailbox in the settings: what it may say, and what is missing."""

from pathlib import Path

import pytest

from bot import settings
from bot.errors import SettingsError

TOML = """
[[mailbox]]
address = "orders@shop.example"
imap_host = "imap.shop.example"
imap_password_file = "{file}"

[[mailbox]]
address = "help@shop.example"
imap_host = "outlook.office365.com"
sign_in = "microsoft"
app_only = true
"""


def written(directory: Path, monkeypatch: pytest.MonkeyPatch, secret: Path) -> None:
    monkeypatch.chdir(directory)
    (directory / "switchboard.toml").write_text(TOML.format(file=secret))


def test_it_reads_the_password_of_a_mailbox_from_a_file_and_shows_it_nowhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("hunter2\n")
    written(tmp_path, monkeypatch, tmp_path / "secret")
    loaded = settings.load()
    assert loaded.mailbox[0].imap_password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(loaded)


def test_it_says_when_that_file_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written(tmp_path, monkeypatch, tmp_path / "nothing")
    with pytest.raises(SettingsError, match="nothing cannot be read"):
        settings.load()


def test_it_says_all_that_a_mailbox_lacks_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")
    written(tmp_path, monkeypatch, tmp_path / "secret")
    with pytest.raises(SettingsError) as caught:
        settings.require(settings.load(), http=False)
    for lacking in (
        "orders@shop.example lacks imap_password",
        "help@shop.example lacks client_id",
        "help@shop.example lacks client_secret",
        "SMTP_OUT_HOST is missing",
    ):
        assert lacking in caught.value.sentence


def test_it_knows_which_providers_put_what_they_send_into_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("x")
    written(tmp_path, monkeypatch, tmp_path / "secret")
    assert [one.files_itself for one in settings.load().mailbox] == [False, True]
