"""Every setting, with its default and what it must be like."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bot.settings import sources
from bot.settings.mailbox import Mailbox, Security
from bot.settings.sources import PREFIX

# Days in which whoever writes again goes on with the same matter.
LEAST_KEPT = 30


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

    admins: Annotated[list[str], NoDecode] = []
    suppliers_channel: str = "suppliers"
    unsorted_channel: str = "mail-unsorted"
    triage_channel: str = "support"
    plans_dir: str = ""

    mailbox: Annotated[list[Mailbox], NoDecode] = []
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
    llm_prices: Annotated[dict[str, TokenPrice], NoDecode] = {}
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

    @field_validator("admins", "mailbox", "llm_prices", mode="before")
    @classmethod
    def _is_json(cls, given: Any) -> Any:
        try:
            return json.loads(given or "[]") if isinstance(given, str) else given
        except ValueError:
            raise ValueError(
                "it must be JSON, as .env.example shows; or let it stand in a TOML file"
            ) from None

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
        return init_settings, env_settings, *sources.others(settings_cls)
