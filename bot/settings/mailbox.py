"""The settings of one mailbox."""

from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, Field, SecretStr, model_validator

from bot.settings.sources import secret_in

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
                try:
                    values[name] = secret_in(str(path))
                except OSError as error:
                    raise ValueError(f"{name}_file: {path} cannot be read: {error.strerror}") from error
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
