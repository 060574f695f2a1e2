"""What a person sees: sidebar, messages, Home, modals, mail; and nothing they may not see."""

from collections.abc import Callable
from typing import Any

from bot.workspace import searching
from bot.workspace.errors import Refused
from bot.workspace.interactions import Interactions
from bot.workspace.mailroom import Mailroom
from bot.workspace.room import Room, public
from bot.workspace.wechat import WeChat

Json = dict[str, Any]

_MOST_UNREAD = 99


class Looking:
    """Answers what is read of the control API.

    `rest(person)` tells when somebody is not to be disturbed, `around()` gives the state's bot and clock.
    """

    def __init__(
        self, room: Room, interactions: Interactions, mailroom: Mailroom, wechat: WeChat,
        rest: Callable[[str], Json], around: Callable[[], Json],
    ) -> None:  # fmt: skip
        self._room, self._world = room, room.world
        self._interactions, self._mailroom, self._around = interactions, mailroom, around
        self._wechat, self._rest = wechat, rest

    def routes(self) -> dict[str, Callable[[Json], Any]]:
        """Give what is read, by name."""
        return {
            "state": self.state, "people": self.people, "messages": self.messages, "home": self.home,
            "views": self.views, "search": self.search, "mail": self.mails, "pins": self.pins,
            "files": self.files, "bookmarks": self.bookmarks, "wechat": self._wechat.shown,
        }  # fmt: skip

    def person(self, given: Any) -> str:
        """Give who somebody says to be; `Refused`."""
        user = self._world.users.get(str(given))
        if user is None or user["is_bot"] or user["deleted"]:
            raise Refused("There is nobody of this name here.", 404)
        return str(given)

    def seen(self, query: Json) -> tuple[str, str]:
        """Give who asks, and a channel they may see."""
        me, channel_id = self.person(query.get("as")), str(query.get("channel"))
        if channel_id not in self._world.channels or not self._world.may_see(channel_id, me):
            raise Refused("There is no such channel, or you are not in it.", 404)
        return me, channel_id

    def state(self, query: Json) -> Json:
        """Give the whole sidebar of one person."""
        world = self._world
        personas = [one["id"] for one in world.users.values() if not one["is_bot"] and not one["deleted"]]
        # Whoever opens the page for the first time is somebody at once.
        me = self.person(query.get("as") or next(iter(personas), None))
        seen = [one["id"] for one in world.channels.values() if world.may_see(one["id"], me)]
        host, port = self._mailroom.deliver_to or ("", 0)
        return {
            "team": world.meta["team"], "me": world.users[me], "dnd": self._rest(me), "personas": personas,
            "users": list(world.users.values()), "channels": [self.channel(one, me) for one in seen],
            "commands": self._interactions.commands, "shortcuts": self._interactions.shortcuts,
            "correspondents": self._correspondents(), "mail_to": world.meta["mail_to"],
            "smtp": f"{host}:{port}" if port else "", "usergroups": list(world.usergroups.values()),
            "emoji": world.meta["emoji"], "wechat": self._wechat.url is not None, **self._around(),
        }  # fmt: skip

    def _correspondents(self) -> list[Json]:
        known = self._world.meta["correspondents"]
        return [
            one | {"unread": self._mailroom.unread(one["address"]),
                   "unread_wechat": self._wechat.unread(one.get("wechat"))}
            for one in known
        ]  # fmt: skip

    def people(self, _query: Json) -> Json:
        """Give who is there, inside and outside."""
        return {"users": list(self._world.users.values()), "correspondents": self._correspondents()}

    def channel(self, channel_id: str, person: str) -> Json:
        """Give a channel as this person sees it: what is unread, and for a DM who the other is."""
        channel = self._world.channels[channel_id]
        last = self._world.read.get(person, {}).get(channel_id, "0")
        unread = mentions = 0
        for message in reversed(self._world.messages[channel_id]):
            if message["ts"] <= last or unread >= _MOST_UNREAD:
                break
            if message.get("user") == person or message.get("thread_ts") not in (None, message["ts"]):
                continue
            unread += 1
            mentions += f"<@{person}>" in message["text"] or channel["is_im"]
        found = channel | {
            "unread": unread, "mentions": mentions, "last_read": last, "member": person in channel["members"],
        }  # fmt: skip
        if channel["is_im"]:
            found["user"] = next((one for one in channel["members"] if one != person), person)
        return found

    def messages(self, query: Json) -> Json:
        """Give a channel's top level or a thread, with the ephemerals this person was shown there."""
        me, channel_id = self.seen(query)
        thread_ts, limit = query.get("thread_ts"), int(query.get("limit") or 50)
        whispers = self._room.ephemerals[channel_id, me]
        if thread_ts:
            found = self._room.thread(channel_id, thread_ts)
            found += [one for one in whispers if one.get("thread_ts") == thread_ts]
        else:
            found = self._room.top_level(channel_id) + [one for one in whispers if not one.get("thread_ts")]
        if before := query.get("before"):
            found = [one for one in found if one["ts"] < before]
        found.sort(key=lambda one: one["ts"])
        answer: Json = {"messages": [public(one) for one in found[-limit:]], "has_more": len(found) > limit}
        if thread_ts and (assistant := self._world.assistants.get(f"{channel_id}:{thread_ts}")):
            answer["assistant"] = assistant
        return answer

    def home(self, query: Json) -> Json:
        """Give somebody's Home."""
        return {"view": self._world.homes.get(self.person(query.get("as")))}

    def views(self, query: Json) -> Json:
        """Give somebody's modals."""
        return {"stack": self._interactions.shown(self.person(query.get("as")))}

    def search(self, query: Json) -> Json:
        """Find messages this person may see."""
        found = searching.found(self._world, self.person(query.get("as")), str(query.get("query", "")))
        shown = [public(message) | {"channel": channel_id} for channel_id, message in found]
        return {"messages": sorted(shown, key=lambda one: one["ts"], reverse=True)[:50]}

    def mails(self, query: Json) -> Json:
        """Give the mails of an address."""
        return {"mails": self._mailroom.box(str(query.get("address", "")))}

    def pins(self, query: Json) -> Json:
        """Give what is pinned in a channel."""
        _, channel_id = self.seen(query)
        pinned = [self._world.message(channel_id, one["ts"]) for one in self._world.pins.get(channel_id, [])]
        return {"messages": [public(one) for one in pinned if one]}

    def files(self, query: Json) -> Json:
        """Give the files shared in a channel, the newest first."""
        _, channel_id = self.seen(query)
        kept = [one for one in self._world.files.values() if one["mode"] != "tombstone"]
        found = [one for one in kept if channel_id in (*one["channels"], *one["groups"], *one["ims"])]
        return {"files": sorted(found, key=lambda one: -one["created"])}

    def bookmarks(self, query: Json) -> Json:
        """Give a channel's bookmarks."""
        _, channel_id = self.seen(query)
        return {"bookmarks": self._world.bookmarks.get(channel_id, [])}
