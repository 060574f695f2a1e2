"""A mere "thanks" is told from a mail that wants something."""

import pytest

from bot.triage.pleasantries import only_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you so much for your help, have a nice day",
        "Vielen Dank für die schnelle Antwort!",
        "Merci beaucoup, bonne journée",
        "Muchas gracias por su ayuda",
        "Obrigada pela resposta",
        "好的谢谢",
        "Perfect, thanks\n\nOn Mon, 2 Nov 2026 at 10:11, Shop <shop@example.com> wrote:\n> Where is it?",
    ],
)
def test_it_knows_mere_thanks(text: str) -> None:
    assert only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, but it is still broken",
        "Thanks. When does it come?",
        "Gracias, ¿y el reembolso?",
        "谢谢，但是还没收到货",
        "ok",
        "",
        "Where is my parcel",
    ],
)
def test_it_knows_a_mail_that_wants_something(text: str) -> None:
    assert only_thanks(text) == (text == "ok")
