"""Who is who, as Slack tells it."""

from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.database import Base


class Person(Base):
    """Somebody in the workspace. `zone` is an IANA name, `language` an ISO 639-1 code."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    title: Mapped[str]
    zone: Mapped[str]
    language: Mapped[str]
    is_bot: Mapped[bool]
    is_guest: Mapped[bool]
    is_stranger: Mapped[bool]  # of another company, through Slack Connect
    is_gone: Mapped[bool]  # deactivated

    @property
    def may_act(self) -> bool:
        """Tell whether the bot does what this person asks: everybody but guests, strangers and bots."""
        return not (self.is_bot or self.is_guest or self.is_stranger or self.is_gone)


class Workspace(Base):
    """The one Slack workspace this installation serves; a single row."""

    __tablename__ = "workspace"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[str]
