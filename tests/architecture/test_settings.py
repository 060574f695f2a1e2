"""`.env.example` and the settings are the same."""

import re
from pathlib import Path

import pytest

from bot import settings
from bot.errors import SettingsError
from bot.settings import PREFIX, Settings

EXAMPLE = Path(__file__).parent.parent.parent / ".env.example"


def shown() -> dict[str, str]:
    return dict(re.findall(rf"^(?:# )?{PREFIX}(\w+)=(.*)$", EXAMPLE.read_text("utf-8"), re.MULTILINE))


def test_it_shows_every_setting_and_no_other() -> None:
    assert set(shown()) == {name.upper() for name in Settings.model_fields}


def test_it_shows_the_true_defaults() -> None:
    defaults = Settings()
    for name, text in shown().items():
        value = getattr(defaults, name.lower())
        value = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        if name != "MAILBOX":
            assert text == str(value), name


def test_it_says_everything_that_is_missing_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        settings.require(settings.load(), http=False)
    for missing in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "mailbox"):
        assert missing in caught.value.sentence


def test_it_says_everything_that_is_wrong_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"{PREFIX}SMTP_OUT_PORT", "many")
    monkeypatch.setenv(f"{PREFIX}HOLD_SECONDS", "-1")
    (tmp_path / "switchboard.toml").write_text('suppliers_chanel = "x"\n')
    with pytest.raises(SettingsError) as caught:
        settings.load()
    for wrong in ("SMTP_OUT_PORT", "HOLD_SECONDS", "SUPPLIERS_CHANEL: there is no such setting"):
        assert wrong in caught.value.sentence


def test_it_reads_a_secret_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text("xoxb-from-a-file\n")
    monkeypatch.setenv(f"{PREFIX}SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    loaded = settings.load()
    assert loaded.slack_bot_token.get_secret_value() == "xoxb-from-a-file"
    assert "from-a-file" not in repr(loaded)


def test_it_says_when_the_file_of_a_secret_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"{PREFIX}SLACK_BOT_TOKEN_FILE", str(tmp_path / "nothing"))
    with pytest.raises(SettingsError, match="nothing cannot be read"):
        settings.load()
