"""What is set from outside: read once, everything wrong said at once.

From the environment (`SWITCHBOARD_...`; `SWITCHBOARD_..._FILE` names a file that holds the value, for
secrets) and from a TOML file, `switchboard.toml` or the one `SWITCHBOARD_CONFIG` names. The environment wins.
"""

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.errors import SettingsError

PREFIX = "SWITCHBOARD_"
# Days in which whoever writes again goes on with the same matter.
LEAST_KEPT = 30
# "none" only on a loopback or a trusted network.
Security: TypeAlias = Literal["none", "starttls", "tls"]
# Providers that put what leaves through them into the folder of sent mail.
_FILING = (".gmail.com", ".googlemail.com", ".office365.com", ".outlook.com")


class Mailbox(BaseModel):
    """One address of the shop: which area its mail belongs to, how it is read, and how it is sent from.

    Without `imap_host` mail comes by forwarding only. `imap_folders`: the first is watched all the time, the
    others are looked at now and then; `sent_folder` "" is found. `files_sent_itself`: the provider puts what
    it sends into Sent by itself (None: Google and Microsoft do). `sign_in` oauth is any other provider that
    gives tokens; `app_only`: our app has a right of its own to the mailbox (Microsoft). Without `smtp_host`
    the common server sends. Each secret may stand in a file: `imap_password_file` and so on.
    """

    model_config = {"extra": "forbid"}

    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    name: str = ""
    area: Literal["suppliers", "customers"] = "suppliers"

    imap_host: str = ""
    imap_port: int = Field(default=993, ge=1, le=65535)
    imap_security: Security = "tls"
    imap_user: str = ""
    imap_password: SecretStr = SecretStr("")
    imap_folders: list[str] = Field(default=["INBOX"], min_length=1)
    sent_folder: str = ""
    files_sent_itself: bool | None = None
    mark_seen: bool = False

    sign_in: Literal["password", "microsoft", "google", "oauth"] = "password"
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr = SecretStr("")
    tenant: str = "common"
    app_only: bool = False
    sign_in_url: str = ""
    token_url: str = ""
    scope: str = ""

    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Security = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        values = dict(given)
        for name in ("imap_password", "client_secret", "refresh_token", "smtp_password"):
            if path := values.pop(f"{name}_file", None):
                values[name] = Path(str(path)).read_text(encoding="utf-8").strip()
        return values

    @property
    def files_itself(self) -> bool:
        """Tell whether what is sent appears in Sent without our doing."""
        if self.files_sent_itself is None:
            return self.sign_in in ("google", "microsoft") or self.imap_host.endswith(_FILING)
        return self.files_sent_itself

    @property
    def problems(self) -> list[str]:
        """Say what is missing for the way this mailbox is read and sent from."""
        missing = []
        if self.imap_host and self.sign_in == "password" and not self.imap_password.get_secret_value():
            missing.append("imap_password (or imap_password_file)")
        if self.sign_in != "password" and not self.client_id:
            missing.append("client_id")
        if self.app_only and not self.client_secret.get_secret_value():
            missing.append("client_secret (or client_secret_file)")
        if self.sign_in == "oauth":
            missing += [name for name in ("token_url", "scope") if not getattr(self, name)]
        return missing


class TokenPrice(BaseModel):
    """What a million tokens of a model cost."""

    model_config = {"extra": "forbid"}

    tokens_in: Decimal = Field(ge=0)
    tokens_out: Decimal = Field(ge=0)


class Settings(BaseSettings):
    """Every setting. `.env.example` shows each with what it is for."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", env_nested_delimiter="__")

    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_url: str = "https://slack.com/api/"
    slack_timeout: float = Field(default=10.0, gt=0)

    data_dir: Path = Path("data")
    database_url: str = ""

    admins: list[str] = []
    suppliers_channel: str = "suppliers"
    unsorted_channel: str = "mail-unsorted"
    triage_channel: str = "support"
    plans_dir: str = ""

    mailbox: list[Mailbox] = []
    smtp_in_host: str = "127.0.0.1"
    smtp_in_port: int = Field(default=2525, ge=0, le=65535)
    smtp_out_host: str = ""
    smtp_out_port: int = Field(default=587, ge=1, le=65535)
    smtp_out_security: Security = "starttls"
    smtp_out_user: str = ""
    smtp_out_password: SecretStr = SecretStr("")
    mail_recheck_seconds: float = Field(default=60.0, gt=0)
    max_attachment_mb: int = Field(default=25, ge=1, le=1000)

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    webhook_secret: SecretStr = SecretStr("")
    heartbeat_url: SecretStr = SecretStr("")
    heartbeat_seconds: float = Field(default=60.0, gt=0)

    llm_model: str = ""
    llm_key: SecretStr = SecretStr("")
    llm_base_url: str = ""
    llm_redact: bool = True
    llm_prices: dict[str, TokenPrice] = {}
    llm_currency: str = "USD"
    llm_daily_money: Decimal | None = Field(default=None, ge=0)
    llm_daily_tokens: int | None = Field(default=2_000_000, ge=0)
    llm_timeout: float = Field(default=20.0, gt=0)
    llm_deadline: float = Field(default=45.0, gt=0)

    keep_mail_days: int = Field(default=0, ge=0)
    keep_files_days: int = Field(default=0, ge=0)
    keep_model_answers_days: int = Field(default=30, ge=1)
    keep_technical_days: int = Field(default=30, ge=7)

    log_format: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    hold_seconds: int = Field(default=30, ge=0, le=600)
    grace_seconds: float = Field(default=12.0, gt=0)
    lease_seconds: float = Field(default=30.0, gt=0)

    clock_url: str = ""
    clock_token: SecretStr = SecretStr("")

    @field_validator("keep_mail_days", "keep_files_days")
    @classmethod
    def _is_long(cls, given: int) -> int:
        if 0 < given < LEAST_KEPT:
            raise ValueError(f"0 (for ever), or at least {LEAST_KEPT}: who answers within a month is known")
        return given

    @field_validator("heartbeat_url")
    @classmethod
    def _is_page(cls, given: SecretStr) -> SecretStr:
        parts = urlsplit(given.get_secret_value())
        if given.get_secret_value() and not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError("it must be a whole address, https://...")
        return given

    @property
    def database(self) -> str:
        """The database to use: the one set, or one SQLite file in the data directory."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'switchboard.sqlite'}"

    @property
    def shop_address(self) -> Mailbox:
        """The address the shop writes to its suppliers from."""
        return self.mailbox[0]

    def mailboxes_of(self, area: str) -> list[str]:
        """Give the addresses whose mail belongs to an area."""
        return [one.address for one in self.mailbox if one.area == area]

    @classmethod
    def settings_customise_sources(  # noqa: D102 - pydantic's own signature
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = Path(os.environ.get(f"{PREFIX}CONFIG", "switchboard.toml"))
        return (
            init_settings,
            env_settings,
            _FromFiles(settings_cls),
            _FromOpenAI(settings_cls),
            TomlConfigSettingsSource(settings_cls, toml),
        )


class _FromFiles(PydanticBaseSettingsSource):
    """`SWITCHBOARD_NAME_FILE=/run/secrets/name`: the value stands in that file."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        return (Path(path).read_text(encoding="utf-8").strip() if path else None, field_name, False)

    def __call__(self) -> dict[str, Any]:
        values = {
            name: self.get_field_value(info, name)[0] for name, info in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value is not None}


class _FromOpenAI(PydanticBaseSettingsSource):
    """The names every program that speaks to OpenAI knows."""

    _NAMES = {"llm_key": "OPENAI_API_KEY", "llm_base_url": "OPENAI_BASE_URL"}  # noqa: RUF012

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        return os.environ.get(self._NAMES.get(field_name, "")) or None, field_name, False

    def __call__(self) -> dict[str, Any]:
        return {name: value for name in self._NAMES if (value := os.environ.get(self._NAMES[name]))}


def load(**given: Any) -> Settings:
    """Read the settings; `given` wins over everything. `SettingsError` lists all that is wrong."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(problems="\n".join(map(_problem, error.errors()))) from error
    except OSError as error:
        raise SettingsError(problems=f"- {error.filename} cannot be read: {error.strerror}") from error


def require(settings: Settings, *, http: bool) -> None:
    """Check that `run` has what it needs; `SettingsError` lists **everything** that is missing."""
    problems = []
    if not settings.slack_bot_token.get_secret_value().startswith("xoxb-"):
        problems.append(
            f"- {PREFIX}SLACK_BOT_TOKEN must be the bot token, xoxb-... (Slack: OAuth & Permissions)"
        )
    if http and not settings.slack_signing_secret.get_secret_value():
        problems.append(f"- {PREFIX}SLACK_SIGNING_SECRET is missing (Slack: Basic Information)")
    if not http and not settings.slack_app_token.get_secret_value().startswith("xapp-"):
        problems.append(
            f"- {PREFIX}SLACK_APP_TOKEN must be an app-level token, xapp-..., with connections:write "
            "(Slack: Basic Information)"
        )
    if not settings.mailbox:
        problems.append("- no mailbox: add [[mailbox]] with its address to switchboard.toml")
    problems += [
        f"- the mailbox {one.address} lacks {name}" for one in settings.mailbox for name in one.problems
    ]
    if any(not one.smtp_host for one in settings.mailbox) and not settings.smtp_out_host:
        problems.append(f"- {PREFIX}SMTP_OUT_HOST is missing: the mail server that sends our answers")
    if problems:
        raise SettingsError(problems="\n".join(problems))


def _problem(error: Mapping[str, Any]) -> str:
    name = PREFIX + "__".join(str(part) for part in error["loc"]).upper()
    if error["type"] == "extra_forbidden":
        return f"- {name}: there is no such setting"
    return f"- {name}: {error['msg']}"
