"""Every setting, broken in every way it can be: `check` says so, and how to mend it."""

from pathlib import Path
from typing import Any

import pytest

from bot.settings import PREFIX, Settings
from tests.checkup.conftest import SetUp

ORDERS = {"address": "orders@shop.example"}
OAUTH = {**ORDERS, "imap_host": "127.0.0.1", "sign_in": "oauth"}
MODEL = {"llm_model": "small", "llm_key": "k", "llm_base_url": "http://127.0.0.1:9/v1"}
PRICE = {"tokens_in": 1, "tokens_out": -1}

# What is set, and what is said. The first name is the setting that is broken.
BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"slack_bot_token": ""}, "SLACK_BOT_TOKEN must be the bot token"),
    ({"slack_bot_token": "xoxp-of-a-person"}, "SLACK_BOT_TOKEN must be the bot token"),
    ({"slack_bot_token": "xoxb-wrong"}, "does not accept the bot token"),
    ({"slack_app_token": ""}, "SLACK_APP_TOKEN must be an app-level token"),
    ({"slack_app_token": "xapp-wrong"}, "does not accept the app-level token"),
    ({"slack_signing_secret": "", "http": True}, "SLACK_SIGNING_SECRET is missing"),
    ({"slack_signing_secret": "xoxb-1-2", "http": True}, "does not look like one"),
    ({"slack_api_url": "http://127.0.0.1:9/api/"}, "Slack cannot be reached"),
    ({"slack_api_url": "slack"}, "Slack cannot be reached"),
    ({"slack_timeout": "0"}, "SLACK_TIMEOUT"),
    ({"slack_timeout": "15"}, "GRACE_SECONDS must be longer than"),
    ({"data_dir": "/proc/nowhere"}, "cannot be written"),
    ({"database_url": "sqlite+aiosqlite:////nowhere/x.sqlite"}, "there is none yet"),
    ({"database_url": "postgresql+asyncpg://a:b@127.0.0.1:9/x"}, "the database cannot be opened"),
    ({"database_url": "the-database"}, "no address of a database"),
    ({"database_url": "postgresql://a:b@127.0.0.1/x"}, "no address of a database"),
    ({"database_url": "sqlite:///data/x.sqlite"}, "no address of a database"),
    ({"admins": "nora@juniper.example"}, "ADMINS: it must be JSON"),
    ({"admins": '["nobody@juniper.example"]'}, "nobody@juniper.example, named in SWITCHBOARD_ADMINS, is not"),
    ({"admins": '["U0NOBODY"]'}, "U0NOBODY, named in SWITCHBOARD_ADMINS, is not in this workspace"),
    ({"suppliers_channel": "#Suppliers"}, "SUPPLIERS_CHANNEL: no channel can be called “#Suppliers”"),
    ({"unsorted_channel": "mail unsorted"}, "UNSORTED_CHANNEL: no channel can be called"),
    ({"triage_channel": ""}, "TRIAGE_CHANNEL: no channel can be called"),
    ({"plans_dir": "nowhere"}, "PLANS_DIR: there is no directory nowhere"),
    ({"mailbox": "orders@shop.example"}, "MAILBOX: it must be JSON"),
    ({"mailbox": "[]"}, "no mailbox"),
    ({"mailbox": [{"address": "orders"}]}, "MAILBOX__0__ADDRESS"),
    ({"mailbox": [{}]}, "MAILBOX__0__ADDRESS"),
    ({"mailbox": [{**ORDERS, "area": "sales"}]}, "MAILBOX__0__AREA"),
    ({"mailbox": [{**ORDERS, "imap_pasword": "x"}]}, "IMAP_PASWORD: there is no such setting"),
    ({"mailbox": [{**ORDERS, "imap_port": 0}]}, "MAILBOX__0__IMAP_PORT"),
    ({"mailbox": [{**ORDERS, "imap_security": "ssl"}]}, "MAILBOX__0__IMAP_SECURITY"),
    ({"mailbox": [{**ORDERS, "imap_folders": []}]}, "MAILBOX__0__IMAP_FOLDERS"),
    ({"mailbox": [{**ORDERS, "smtp_port": 70000}]}, "MAILBOX__0__SMTP_PORT"),
    ({"mailbox": [{**ORDERS, "imap_password_file": "/nowhere"}]}, "imap_password_file: /nowhere cannot be"),
    ({"mailbox": [{**ORDERS, "imap_host": "127.0.0.1"}]}, "lacks imap_password"),
    ({"mailbox": [OAUTH]}, "lacks client_id"),
    ({"mailbox": [OAUTH]}, "lacks token_url"),
    ({"mailbox": [OAUTH]}, "lacks scope"),
    ({"mailbox": [{**OAUTH, "app_only": True}]}, "lacks client_secret"),
    ({"mailbox": [ORDERS, {"address": "Orders@shop.example"}]}, "is there 2 times"),
    ({"mailbox": [{**ORDERS, "smtp_host": "127.0.0.1", "smtp_port": 9}]}, "127.0.0.1: "),
    ({"smtp_in_host": "192.0.2.1"}, "192.0.2.1"),
    ({"smtp_in_port": "65536"}, "SMTP_IN_PORT"),
    ({"smtp_in_port": "7", "http_port": "7"}, "port 7 is to be both"),
    ({"smtp_out_host": ""}, "SMTP_OUT_HOST is missing"),
    ({"smtp_out_host": "mail.invalid"}, "mail.invalid:"),
    ({"smtp_out_port": "9"}, "cannot be used with none"),
    ({"smtp_out_port": "many"}, "SMTP_OUT_PORT"),
    ({"smtp_out_security": "ssl"}, "SMTP_OUT_SECURITY"),
    ({"smtp_out_security": "starttls"}, "cannot be used with starttls"),
    ({"smtp_out_user": "shop"}, "one is set, and the other is not"),
    ({"smtp_out_password": "secret"}, "one is set, and the other is not"),
    ({"mail_recheck_seconds": "0"}, "MAIL_RECHECK_SECONDS"),
    ({"max_attachment_mb": "0"}, "MAX_ATTACHMENT_MB"),
    ({"http_host": "192.0.2.1"}, "192.0.2.1"),
    ({"http_port": "-1"}, "HTTP_PORT"),
    ({"webhook_secret": "not base64!"}, "WEBHOOK_SECRET is not base64"),
    ({"heartbeat_url": "hc-ping.com/0f0f"}, "HEARTBEAT_URL: it must be a whole address"),
    ({"heartbeat_url": "http://127.0.0.1:9/0f0f"}, "heartbeat was not taken"),
    ({"heartbeat_seconds": "0"}, "HEARTBEAT_SECONDS"),
    ({"llm_key": "k"}, "a model's key is set, but not which model"),
    ({"llm_model": "small"}, "a model is named, but neither its key nor the address"),
    ({"llm_base_url": "127.0.0.1", "llm_model": "small"}, "must begin with http:// or https://"),
    ({"llm_base_url": "http://127.0.0.1:9/v1", "llm_model": "small"}, "model's server cannot be reached"),
    ({"llm_redact": "perhaps"}, "LLM_REDACT"),
    ({"llm_prices": "cheap"}, "LLM_PRICES: it must be JSON"),
    ({"llm_prices": {"small": PRICE}}, "LLM_PRICES__SMALL__TOKENS_OUT"),
    ({"llm_daily_money": "-1"}, "LLM_DAILY_MONEY"),
    ({"llm_daily_money": "5", **MODEL}, "a daily budget in USD needs the price of small"),
    ({"llm_daily_tokens": "-1"}, "LLM_DAILY_TOKENS"),
    ({"llm_timeout": "0"}, "LLM_TIMEOUT"),
    ({"llm_deadline": "5"}, "deadline must not be shorter"),
    ({"keep_mail_days": "7"}, "KEEP_MAIL_DAYS: 0 (for ever), or at least 30"),
    ({"keep_files_days": "-1"}, "KEEP_FILES_DAYS"),
    ({"keep_model_answers_days": "0"}, "KEEP_MODEL_ANSWERS_DAYS"),
    ({"keep_technical_days": "1"}, "KEEP_TECHNICAL_DAYS"),
    ({"log_format": "xml"}, "LOG_FORMAT"),
    ({"log_level": "LOUD"}, "LOG_LEVEL"),
    ({"hold_seconds": "601"}, "HOLD_SECONDS"),
    ({"grace_seconds": "0"}, "GRACE_SECONDS"),
    ({"lease_seconds": "0"}, "LEASE_SECONDS"),
    ({"clock_url": "http://127.0.0.1:9/"}, "SWITCHBOARD_CLOCK_URL cannot be followed"),
    ({"clock_token": "wrong"}, "SWITCHBOARD_CLOCK_URL cannot be followed"),
]
# Any word will do.
NEVER_WRONG = {"llm_currency"}


def test_it_breaks_every_setting() -> None:
    assert {next(iter(changes)) for changes, _ in BROKEN} | NEVER_WRONG == set(Settings.model_fields)


async def test_it_finds_nothing_wrong_with_a_good_set_up(shop: SetUp) -> None:
    assert await shop.wrong() == []
    assert await shop.wrong(http=True) == []


@pytest.mark.parametrize(("changes", "problem"), BROKEN, ids=str)
async def test_it_says_what_is_wrong(shop: SetUp, changes: dict[str, Any], problem: str) -> None:
    said = await shop.wrong(**changes)
    assert any(problem in one for one in said), said


async def test_it_says_everything_at_once_even_what_cannot_be_read(shop: SetUp, tmp_path: Path) -> None:
    (tmp_path / "switchboard.toml").write_text('suppliers_chanel = "x"\n')
    said = await shop.wrong(
        slack_bot_token="xoxb-wrong",
        admins="nora",
        http_host="192.0.2.1",
        hold_seconds="-1",
        heartbeat_url="http://127.0.0.1:9/",
        smtp_out_port="9",
        database_url="the-database",
        webhook_secret="?",
    )
    assert len(said) == 9, said


async def test_it_says_which_file_of_a_secret_cannot_be_read(
    shop: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}LLM_KEY_FILE", "/nowhere/key")
    monkeypatch.setenv(f"{PREFIX}WEBHOOK_SECRET_FILE", "/nowhere/secret")
    said = await shop.wrong()
    assert len(said) == 2
    assert f"{PREFIX}LLM_KEY_FILE: /nowhere/key cannot be read" in "".join(said)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"suppliers_channel = ", "switchboard.toml is not TOML"),
        (b"\xff\xfe", "switchboard.toml is not TOML"),
        (b'suppliers_chanel = "x"', "SUPPLIERS_CHANEL: there is no such setting"),
    ],
)
async def test_it_says_what_is_wrong_with_the_file(
    shop: SetUp, tmp_path: Path, content: bytes, problem: str
) -> None:
    (tmp_path / "switchboard.toml").write_bytes(content)
    [said] = await shop.wrong()
    assert problem in said


async def test_it_says_that_the_file_with_the_settings_is_not_there(shop: SetUp) -> None:
    assert await shop.wrong(config="elsewhere.toml") == [
        "SWITCHBOARD_CONFIG: there is no file elsewhere.toml"
    ]


async def test_it_says_which_name_is_mistyped(shop: SetUp) -> None:
    assert await shop.wrong(slack_bot_tokn="x") == [
        "SWITCHBOARD_SLACK_BOT_TOKN: there is no such setting; is it SWITCHBOARD_SLACK_BOT_TOKEN?"
    ]


async def test_it_says_what_is_wrong_with_a_plan_of_the_shops_own(shop: SetUp, tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "agent.yml").write_text("name: Agent\ntasks: nothing\n")
    [said, *_] = await shop.wrong(plans_dir="plans")
    assert said.startswith("agent.yml, line ")


async def test_it_never_shows_a_secret(shop: SetUp) -> None:
    found = await shop.found(
        slack_bot_token="xoxb-hidden", slack_app_token="xapp-hidden", slack_signing_secret="hidden",
        heartbeat_url="http://127.0.0.1:9/hidden", llm_key="hidden", llm_model="m", webhook_secret="hidden!",
        llm_base_url="http://127.0.0.1:9", smtp_out_password="hidden",
        database_url="postgresql+asyncpg://a:hidden@127.0.0.1:9/x",
    )  # fmt: skip
    assert "hidden" not in str(found)
