"""HTML mails in Slack: what a reader would see, and nothing that mentions, deceives or links elsewhere."""

import json
from typing import Any

import pytest

from bot.mail import html
from bot.mail.parse import parse
from tests.mail.build import html as html_mail
from tests.mail.build import mixed, text


def pieces(rich: Any) -> list[dict[str, Any]]:
    """Give every element inside rich_text, however deep."""
    found = []
    for element in rich:
        found.append(element)
        found += pieces(element.get("elements", []))
    return found


def links(rich: Any) -> list[tuple[str, str | None]]:
    return [(piece["url"], piece.get("text")) for piece in pieces(rich) if piece["type"] == "link"]


def test_it_shows_an_html_mail_with_its_form() -> None:
    source = (
        "<html><head><title>no</title><style>p{}</style></head><body><p>Hello <b>Anna</b>,</p>"
        "<ul><li>one</li><li><i>two</i></li></ul><ol><li>first</li></ol>"
        "<p>See <a href='https://x.example/a'>the list</a></p></body></html>"
    )
    mail = parse(html_mail(source))
    assert mail.text == "Hello Anna,\n• one\n• two\n1. first\nSee the list (https://x.example/a)"
    kinds = [element["type"] for element in mail.rich]
    assert kinds == ["rich_text_section", "rich_text_list", "rich_text_list", "rich_text_section"]
    assert {"type": "text", "text": "Anna", "style": {"bold": True}} in pieces(mail.rich)
    assert links(mail.rich) == [("https://x.example/a", "the list")]


def test_it_lets_nothing_in_a_mail_mention_anybody() -> None:
    said = "<!channel> <!here> <@U0001> <#C0001> <!subteam^S1> @channel &amp;lt;!channel&gt;"
    for raw in (
        html_mail(f"<p><b>{said.replace('<', '&lt;')}</b></p>"),
        html_mail(f"<p>{said}</p>"),
        html_mail("<p><b>x</b> &#60;!channel&#62;</p>"),
    ):
        allowed = {"rich_text_section", "rich_text_list", "text", "link"}
        assert {piece["type"] for piece in pieces(parse(raw).rich)} <= allowed


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " java\nscript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html;base64,AAAA",
        "vbscript:x",
        "file:///etc/passwd",
        "slack://user?team=T&id=U",
        "//evil.example/x",
        "/x",
        "http://",
        "http://[",
        "ftp://x.example",
        "javascript://x.example/%0aalert(1)",
        "file://x.example/a",
        "tel:+4930",
        "http://bank.example@evil.example/",
        "https://user:secret@evil.example/",
        "&#106;avascript:alert(1)",
    ],
)
def test_it_makes_no_link_but_to_pages_and_addresses(url: str) -> None:
    mail = parse(html_mail(f'<p>Please <a href="{url}">look <b>here</b></a></p>'))
    assert links(mail.rich) == []
    assert "look here" in mail.text


def test_it_makes_links_to_pages_and_addresses() -> None:
    mail = parse(
        html_mail('<a href="HTTPS://x.example/a?b=1&amp;c=2">x</a> <a href="mailto:li@x.example">Li</a>')
    )
    assert links(mail.rich) == [("HTTPS://x.example/a?b=1&c=2", "x"), ("mailto:li@x.example", "Li")]


@pytest.mark.parametrize(
    ("label", "url", "shown"),
    [
        ("www.bank.example", "http://evil.example/bank.example", "www.bank.example [evil.example]"),
        (
            "https://bank.example/login",
            "https://bank.example.evil.example",
            "https://bank.example/login [bank.example.evil.example]",
        ),
        ("bank.example", "https://www.bank.example/x", "bank.example"),
        ("our list", "https://x.example", "our list"),
        ("\u0430pple.example", "https://\u0430pple.example", "\u0430pple.example [xn--pple-43d.example]"),
    ],
)
def test_it_shows_the_real_host_where_a_label_shows_another(label: str, url: str, shown: str) -> None:
    assert links(parse(html_mail(f'<a href="{url}">{label}</a>')).rich) == [(url, shown)]


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">SECRET</div>',
        '<div style="DISPLAY : none !important">SECRET</div>',
        '<span style="visibility:hidden">SECRET</span>',
        '<span style="font-size:0">SECRET</span>',
        '<span style="font-size:0px;line-height:0">SECRET</span>',
        '<span style="font-size:1px">SECRET</span>',
        '<span style="opacity:0">SECRET</span>',
        '<div style="max-height:0;overflow:hidden">SECRET</div>',
        '<div style="mso-hide:all">SECRET</div>',
        "<div hidden>SECRET</div>",
        "<script>SECRET</script>",
        "<style>SECRET</style>",
        "<!-- SECRET -->",
        "<!--[if mso]><p>SECRET</p><![endif]-->",
        "<title>SECRET</title>",
        "<template><p>SECRET</p></template>",
        '<div style="display:none"><div><p>SECRET</div></div>',
        "<script>if (a < b) '</p>SECRET'</script>",
    ],
)
def test_it_drops_what_a_reader_would_not_see(hidden: str) -> None:
    mail = parse(html_mail(f"<p>Hello</p>{hidden}<p>Anna</p>"))
    assert mail.text == "Hello\nAnna"
    assert "SECRET" not in json.dumps(mail.rich)


def test_it_keeps_what_a_reader_does_see() -> None:
    styles = (
        "font-size:10px;height:100%;opacity:0.9;width:0.5em;max-width:0.9em",
        "font-size:1.0em",
        "font-size:.9em",
    )
    for style in styles:
        source = f'<div style="{style}"><p style="font-size:14.0pt">Seen</p></div>'
        assert parse(html_mail(source)).text == "Seen", style


def test_it_takes_out_zero_width_and_direction_marks() -> None:
    assert parse(html_mail("<p>pay\u200b\u200cment\u202e 4711\u2066</p>")).text == "payment 4711"


@pytest.mark.parametrize(
    "quoted",
    [
        '<div class="gmail_quote"><div class="gmail_attr">On Wed, Anna wrote:</div><div>OLD</div></div>',
        '<blockquote type="cite">OLD</blockquote>',
        '<blockquote cite="mid:x">OLD</blockquote>',
        '<div class="yahoo_quoted">OLD</div>',
        '<div class="qmbox">OLD</div>',
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Anna</div><div>OLD</div>',
        '<div id="isReplyContent">OLD</div>',
        '<div class="moz-cite-prefix">Am 6.5.26 schrieb Anna:</div><blockquote type="cite">OLD</blockquote>',
    ],
)
def test_it_folds_what_the_html_marks_as_quoted(quoted: str) -> None:
    mail = parse(html_mail(f"<div><p>Friday is fine.</p>{quoted}</div>"))
    assert mail.text == "Friday is fine."
    assert "OLD" in mail.quoted
    assert "OLD" not in json.dumps(mail.rich)


def test_it_shows_what_is_quoted_when_nothing_else_is_said() -> None:
    assert parse(html_mail('<blockquote type="cite">All of it</blockquote>')).text == "All of it"


def test_it_folds_the_signature_of_an_html_mail_in_both_forms() -> None:
    mail = parse(html_mail("<p>Friday is <b>fine</b>.</p><p>Best regards,</p><p>Li Wei</p>"))
    assert mail.text == "Friday is fine."
    assert "Li Wei" not in json.dumps(mail.rich)


def test_it_prefers_the_plain_form_unless_it_only_sends_elsewhere() -> None:
    both = mixed(
        text("Plain words"), b"Content-Type: text/html\r\n\r\n<p>Html words</p>", kind="multipart/alternative"
    )
    assert parse(both).text == "Plain words"
    stub = mixed(
        text("View this email in your browser"),
        b"Content-Type: text/html\r\n\r\n<p>Html words</p>",
        kind="multipart/alternative",
    )
    assert parse(stub).text == "Html words"


def test_it_reads_5000_nested_tags() -> None:
    for tag in ("div", "blockquote", "table", "ul", "span", "a href='https://x.example'", "b"):
        name = tag.split()[0]
        mail = parse(html_mail(f"<{tag}>" * 5000 + "deep" + f"</{name}>" * 5000))
        assert "deep" in mail.text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("</p></div>text", "text"),
        ("<p title='a > b'>text</p>", "text"),
        ('<a href="http://x.example>broken quote</a> <b>text</b>', "broken quote (http://x.example) text"),
        ("text <!-- never closed <b>more</b>", "text more"),
        ("text<p <b>more", "text\nmore"),
        ("&lt;&#8364;&euro;&bogus;&#99999999999999999999;&amp", "<€€&bogus;\ufffd&"),
        ("&#" + "9" * 5000 + ";x", "\ufffdx"),
        ("<td>a</td><td>b</td>", "a | b"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<![CDATA[x]]>y<?php z ?>w", "yw"),
        ("<o:p>office</o:p>", "office"),
        ("<script>never closed", ""),
    ],
)
def test_it_reads_broken_html_as_browsers_do(source: str, said: str) -> None:
    assert html.walk(source).text == said


def test_it_links_addresses_of_pages_in_plain_text_and_nothing_else() -> None:
    rich = html.plain_rich("See https://x.example/a, or javascript:x <!channel> http://a@b.example.")
    assert links(rich) == [("https://x.example/a", None)]
    assert html.as_text(rich) == "See https://x.example/a, or javascript:x <!channel> http://a@b.example."
