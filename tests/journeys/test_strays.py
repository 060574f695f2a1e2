"""Mail of people nobody knows: sorted where it is seen, and followed to where it went."""

import base64
import json
import re

import pytest

from tests.journeys.shop import Shop


def enclosed(name: str, content: bytes) -> dict[str, str]:
    return {"name": name, "base64": base64.b64encode(content).decode()}


async def test_it_adds_somebody_of_a_known_domain_in_one_click_and_says_where_the_mail_went(
    shop: Shop,
) -> None:
    tom = await shop.person("Tom").goes_to("#mail-unsorted")
    await shop.outside("nuova@tessile-brina.example").writes(
        "Listino 2027",
        "Ecco il listino.",
        attachments=[enclosed("listino.pdf", b"%PDF-1.4 " + b"x" * 40_000)],
    )
    assert "📎 listino.pdf (39 KB)" in await tom.sees("Listino 2027")
    await tom.presses("Add to Tessile Brina", on="Listino 2027")
    shown = await tom.sees("Open it")
    assert "added the sender to *Tessile Brina*" in shown
    assert "Add to" not in shown
    link = json.dumps(await tom._message("Open it"))
    await tom.goes_to("#suppliers")
    card = await tom.sees("Ecco il listino.")
    assert "📎 listino.pdf (39 KB)" in card
    ts = (await tom._message("Ecco il listino."))["ts"]
    assert re.search(rf"/archives/\w+/p{ts.replace('.', '')}", link)


async def test_it_offers_no_supplier_where_anybody_may_have_an_address(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("#suppliers")
    await tom.runs("/supplier add")
    await tom.fills("Company", "Small Kiln")
    await tom.fills("Contact's mail address", "small.kiln@gmail.com")
    assert await tom.submits() == {}
    await shop.outside("somebody.else@gmail.com").writes("Hello", "Do you buy kilns?")
    await tom.goes_to("#mail-unsorted")
    assert "Small Kiln" not in await tom.sees("Hello")


async def test_it_names_the_files_of_a_customers_mail(shop: Shop) -> None:
    diego = await shop.person("Diego").goes_to("#support")
    await shop.outside("Harriet").writes(
        "Broken bowl",
        "The bowl arrived in two pieces.",
        attachments=[enclosed("bowl.png", b"\x89PNG\r\n\x1a\n" + bytes(900))],
    )
    assert "📎 bowl.png (1 KB)" in await diego.sees("Broken bowl")


@pytest.mark.parametrize(
    ("word", "opens"), [("tess", True), ("brina", True), ("TESSILE BRINA", True), ("e", False)]
)
async def test_it_opens_the_one_supplier_that_is_meant(shop: Shop, word: str, opens: bool) -> None:  # noqa: FBT001
    tom = await shop.person("Tom").goes_to("#suppliers")
    await tom.runs(f"/supplier {word}")
    await tom.sees("ufficio@tessile-brina.example" if opens else "There is no supplier")
