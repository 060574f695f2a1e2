"""Telling a mere "thanks" from a mail that wants something: it neither opens nor reopens a ticket."""

import re

from bot.mail import quotes
from bot.patterns import lazy
from bot.triage.engine.words import fold, without_greeting

# Longer mails say more than thanks.
_WORDS = 12
_THANKS = lazy(
    r"\b(?:thank(?:s| you)|thx|ty|cheers|much appreciated|danke\w*|vielen dank|besten dank|merci|gracias|obrigad[oa]|"
    r"agradec\w+|perfect|great|super|parfait|perfecto|perfeito|got it|received|ok|okay|alles klar|noted)\b|谢谢|感谢|多谢|"
    r"收到|好的|辛苦了",
    re.IGNORECASE,
)
_POLITE = lazy(
    r"\b(?:thank(?:s| you)|thx|ty|cheers|much|very|so|a lot|lots|again|for|your|the|quick|fast|kind|help|reply|answer|response|"
    r"support|and|have|nice|great|good|lovely|day|weekend|evening|ok|okay|perfect|super|got|it|received|all|everybody|team|you|too|"
    r"appreciated|noted|best|many|wonderful|that s|works|well|now|"
    r"danke\w*|vielen|besten|dank|fur|die|schnelle|hilfe|antwort|sehr|schon|alles|klar|ihnen|euch|einen|schonen|tag|abend|"
    r"wochenende|wunderbar|prima|herzlichen|und|ihre|rasche|lieben|"
    r"merci|beaucoup|bien|a|vous|pour|votre|reponse|aide|rapide|bonne|journee|soiree|parfait|et|mille|encore|"
    r"gracias|muchas|mil|por|su|la|ayuda|respuesta|rapida|rapidez|perfecto|buen|dia|tarde|saludos|todo|muy|amable|"
    r"obrigad[oa]|muito|pela|resposta|ajuda|perfeito|bom|boa|fim|de|semana|agradeco|otimo|tudo)\b|"
    r"谢谢|感谢|多谢|非常|您|你|你们|的|帮助|回复|收到|了|好的|辛苦|亲|啦|哦|啊|[^\w]",
    re.IGNORECASE,
)


def only_thanks(text: str) -> bool:
    """Tell whether a mail says thanks and nothing else: a question or a word we do not know says more."""
    body = without_greeting(quotes.split(text).text)
    if "?" in body or "？" in body or len(body.split()) > _WORDS:
        return False
    folded = fold(body[:400])
    return bool(_THANKS.search(folded)) and not _POLITE.sub("", folded).strip()
