"""The invented shop of the demo: Juniper & Co, its people, channels and suppliers."""

from bot.workspace.world import World

SHOP = "Juniper & Co"
MAIL_TO = {"supplier": ["suppliers@juniper.example"], "customer": ["support@juniper.example"]}
CUSTOM_CHANNEL = "supplier-huang"

_COLLEAGUES: tuple[tuple[str, str, str, str, dict[str, bool]], ...] = (
    ("Nora Lindqvist", "Head of logistics", "Europe/Stockholm", "sv-SE", {"is_admin": True}),
    ("Tom Okafor", "Buyer", "Europe/London", "en-GB", {}),
    ("Camille Roux", "Marketing", "Europe/Paris", "fr-FR", {}),
    ("Diego Paredes", "Support lead", "America/Bogota", "es-CO", {}),
    ("Aiko Tanaka", "Web", "Asia/Tokyo", "ja-JP", {}),
    ("Priya Raman", "Customer care, since this week", "Asia/Kolkata", "en-IN", {}),
    ("Sam Whitfield", "Warehouse", "Europe/London", "en-GB", {}),
)  # fmt: skip
_SUPPLIERS: tuple[dict[str, str | None], ...] = (
    {"address": "mei.huang@huang-ceramics.example", "name": "Mei Huang", "company": "Huang Ceramics",
     "language": "zh", "zone": "Asia/Shanghai", "country": "CN", "channel": CUSTOM_CHANNEL,
     "owner": "Nora Lindqvist", "wechat": "oHuangMei0000000000000000001"},
    {"address": "ufficio@tessile-brina.example", "name": "Lucia Brina", "company": "Tessile Brina",
     "language": "it", "zone": "Europe/Rome", "country": "IT", "channel": None, "owner": "Tom Okafor"},
    {"address": "deniz@anatolia-wood.example", "name": "Deniz Kaya", "company": "Anatolia Wood",
     "language": "tr", "zone": "Europe/Istanbul", "country": "TR", "channel": None, "owner": None},
)  # fmt: skip
_WECHAT = {"陈雨": "oChenYu00000000000000000002"}
_CUSTOMERS = (
    ("jonas.weber@web-post.example", "Jonas Weber", "de", "Europe/Berlin", "DE"),
    ("harriet.cole@mailbox.example", "Harriet Cole", "en", "Europe/London", "GB"),
    ("amelie.girard@courrier.example", "Amélie Girard", "fr", "Europe/Paris", "FR"),
    ("chen.yu@youxiang.example", "陈雨", "zh", "Asia/Shanghai", "CN"),
)  # fmt: skip
CORRESPONDENTS: tuple[dict[str, str | None], ...] = (
    *({"role": "supplier", **one} for one in _SUPPLIERS),
    *(
        {"role": "customer", "address": address, "name": name, "company": "", "language": language,
         "zone": zone, "country": country, "channel": None, "owner": None,
         "wechat": _WECHAT.get(name)}
        for address, name, language, zone, country in _CUSTOMERS
    ),
)  # fmt: skip


def demo_world(app_name: str = "Switchboard") -> World:
    """Make the shop anew."""
    world = World(SHOP, "juniper")
    people = {}
    for name, title, zone, locale, more in _COLLEAGUES:
        handle = name.split()[0].lower()
        profile = {"title": title, "email": f"{handle}@juniper.example", "display_name": name.split()[0]}
        people[name] = world.add_user(name, tz=zone, locale=locale, profile=profile, **more)
    guest = world.add_user(
        "Ola Berg", is_restricted=True, tz="Europe/Oslo", profile={"title": "Photo agency (guest)"}
    )
    stranger = world.add_user(
        "Ingrid Falk",
        is_stranger=True,
        team_id="T0NORTHLIGHT",
        tz="Europe/Oslo",
        profile={"title": "Northlight Studio (Slack Connect)"},
    )
    world.add_user("Ruth Hale", deleted=True)
    bot = world.add_user(app_name, is_bot=True, profile={"title": "App"})
    world.app["bot_user_id"], world.app["name"] = bot, app_name
    everybody = list(people.values())
    add = world.add_channel
    add("general", [*everybody, bot], is_general=True, topic=_topic("What everybody should know"))
    add("suppliers", [*everybody, bot], topic=_topic("What our suppliers write, and what we answer"))
    add("mail-unsorted", [people["Nora Lindqvist"], people["Tom Okafor"], people["Diego Paredes"], bot],
        topic=_topic("Mail from people we do not know yet"))  # fmt: skip
    add("support", [*everybody, bot], topic=_topic("Customers who wait, and who takes care of them"))
    add("logistics", [people["Nora Lindqvist"], people["Tom Okafor"], people["Sam Whitfield"]])
    add("marketing", [people["Camille Roux"], people["Aiko Tanaka"], guest])
    add(
        CUSTOM_CHANNEL,
        [people["Nora Lindqvist"], people["Tom Okafor"], bot],
        topic=_topic("Huang Ceramics, Jingdezhen"),
    )
    add(
        "northlight-photos",
        [people["Camille Roux"], people["Aiko Tanaka"], stranger, bot],
        topic=_topic("Shared with Northlight Studio"),
        is_shared=True,
        is_ext_shared=True,
    )
    for user in everybody:
        world.dm(user, bot)
    world.add_usergroup("logistics", "Logistics", [people["Nora Lindqvist"], people["Sam Whitfield"]])
    world.meta["emoji"] = {"kiln": "alias:fire", "parcel": "alias:package"}
    world.meta["correspondents"] = [dict(one) for one in CORRESPONDENTS]
    world.meta["mail_to"] = {role: list(addresses) for role, addresses in MAIL_TO.items()}
    return world


def _topic(text: str) -> dict[str, object]:
    return {"value": text, "creator": "", "last_set": 0}
