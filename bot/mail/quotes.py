"""Splitting a mail's text into what is new, what is quoted, and the signature.

Structure first, words second, never on one weak sign. Every line is looked at once, cut to 1000 characters,
and no pattern has a quantifier inside another: a crafted mail cannot make it slow.
"""

import re
from dataclasses import dataclass

from bot.mail.charsets import visible

_LINE = 1000
# "wrote" in the languages of trade, as mail programs put it above a quotation.
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreef|geschreven|escribi[oó]|écrit|ecrit|escreveu|ha scritto|scrisse|"
    r"napisał|napisał\(a\)|pisze|skrev|kirjoitti|napsal|napísal|írta|a scris|scris|yazdı|έγραψε|написал|"
    r"написа|пише|viết|menulis|je napisao|je napisal)\b|写道|寫道|写到|wrote|さんは書きました|のメール|"
    r"님이 작성|作成:|كتب|כתב",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{1,4}\s?[./\-年]\s?\d{1,2}\s?[./\-月]\s?\d{1,4}|\b\d{1,2}:\d{2}\b|\b(?:19|20)\d{2}\b|"
    r"\d{1,2}月\d{1,2}日",
)
_ADDRESS = re.compile(r"[^\s<>@\"']{1,64}@[^\s<>@\"']{1,200}")
# The keys of a forwarded or quoted header block, in many languages; three of them in a row make a block.
_KEYS = re.compile(
    r"^[\s>*_|]{0,8}(?:from|sent|to|cc|date|subject|reply-to|von|gesendet|an|datum|betreff|de|envoyé|"
    r"envoye|date|à|a|objet|enviado(?: el)?|enviada(?: em)?|para|asunto|assunto|data|fecha|da|inviato|"
    r"oggetto|van|verzonden|aan|onderwerp|od|wysłano|wyslano|do|temat|från|fran|skickat|till|ämne|amne|"
    r"fra|sendt|til|emne|lähettäjä|lähetetty|vastaanottaja|aihe|odesláno|komu|předmět|kimden|gönderildi|"
    r"kime|konu|gönderen|tarih|от|отправлено|дата|кому|тема|копия|küldve|címzett|tárgy|feladó|trimis|"
    r"către|subiect|από|προς|θέμα|ημερομηνία|发件人|發件人|寄件者|寄件人|发送时间|發送時間|发送日期|"
    r"寄件日期|日期|时间|收件人|收件者|抄送|副本|主题|主旨|差出人|送信日時|送信者|宛先|件名|日時|"
    r"보낸 사람|보낸사람|받는 사람|받는사람|보낸 날짜|날짜|제목|người gửi|đến|chủ đề|ngày|dari|kepada|"
    r"subjek|tanggal|من|إلى|تاريخ|تم الإرسال|الموضوع)[*_]{0,2}\s?[:：]",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"^[\s>]{0,4}(?:[-_=*]{2,}\s?(?:original|ursprüngliche|urspr\.|mensaje original|message d'origine|"
    r"message transféré|messaggio originale|mensagem original|oorspronkelijk|originalt|ursprungligt|"
    r"alkuperäinen|wiadomość oryginalna|původní|orijinal|исходное|пересылаемое|forwarded|"
    r"weitergeleitete|begin forwarded|原始邮件|原始郵件|转发邮件|轉寄郵件|回复的原邮件|元のメッセージ|"
    r"転送|원본|eredeti|mesaj original|doorgestuurd|inoltrato|reenviado|encaminhada|antwort|reply)|"
    r"_{20,}\s*$|begin forwarded message:|-{20,}\s*$|[-]{3,}\s?on .{1,120}wrote\s?[-]{3,}|原始邮件|"
    r"在原邮件|#{3,}\s*please .{0,40}above this line|[-=]{2,}.{0,20}(?:above|oberhalb|au-dessus|"
    r"encima).{0,20}[-=]{2,})",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"^\s*(?:[-_*]{0,3}\s?)?(?:sent from|get outlook for|sent via|sent using|sent with|von meinem|"
    r"gesendet von|gesendet mit|envoyé à partir|obter o outlook|outlook für|holen sie sich outlook|"
    r"gesendet über|diese nachricht wurde von|envoyé de|envoyé depuis|envoye de|télécharger outlook|"
    r"enviado desde|enviado do|enviado de|enviada do|inviato da|verstuurd vanaf|verzonden vanuit|verzonden vanaf|"
    r"verzonden met|skickat från|sendt fra|lähetetty|wysłane z|wysłano z|odesláno z|"
    r"iphone'umdan gönderildi|iphone'dan gönderildi|отправлено с|отправлено из|napisane z|trimis de pe|"
    r"elküldve|az iphone-omról|küldve|στάλθηκε από|发自我的|發自我的|从我的|iphoneから送信|나의 iphone에서|được gửi từ|"
    r"dikirim dari|أرسلت من|ارسلت من|تم الإرسال من|yahoo mail|mobile device|bild)\b.{0,80}$|^\s*(?:发自|"
    r"發自|来自我的|從我的|iPhoneから|나의).{0,60}$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\s*(?:(?:with |kind |best |warm |warmest |kindest |many ){0,3}(?:regards|wishes|rgds)|best|"
    r"all the best|take care|cheers|sincerely|yours(?: sincerely| truly| faithfully)?|"
    r"thanks(?: and regards| & regards| again)?|many thanks|thank you|thx|respectfully|cordially|"
    r"mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichem gruß|freundliche grüße|"
    r"freundliche grüsse|viele grüße|viele grüsse|liebe grüße|beste grüße|beste grüsse|schöne grüße|"
    r"herzliche grüße|gruß|grüße|grüsse|mfg|lg|vg|hochachtungsvoll|cordialement|bien cordialement|cdt|cdlt|"
    r"bien à vous|sincères salutations|salutations|respectueusement|merci|saludos(?: cordiales)?|salud|"
    r"un saludo|atentamente|cordialmente|cordiali saluti|distinti saluti|saluti|grazie|atenciosamente|"
    r"atentamente|cumprimentos|com os melhores cumprimentos|met vriendelijke groet(?:en)?|"
    r"vriendelijke groeten?|groeten?|groetjes|mvg|pozdrawiam|z poważaniem|med vänlig hälsning|"
    r"vänliga hälsningar|mvh|med venlig hilsen|venlig hilsen|med vennlig hilsen|hilsen|"
    r"ystävällisin terveisin|terveisin|s pozdravem|saygılarımla|iyi çalışmalar|teşekkürler|с уважением|"
    r"üdvözlettel|tisztelettel|cu stimă|cu respect|με εκτίμηση|ευχαριστώ|此致|敬礼|顺祝商祺|順頌商祺|"
    r"祝好|谢谢|謝謝|よろしくお願いします|敬具|감사합니다|trân trọng|hormat kami|salam|مع تحياتي|"
    r"تحياتي)\s*[,.!،，。~-]{0,3}\s*$",
    re.IGNORECASE,
)
_VOWELS = re.compile("[\u064b-\u0652]")
# A rule of dots, stars or lines of a mailing list or a company, above its footer.
_RULE = re.compile(r"^[\s*_.\-=~#·•]{5,}$")
_FOOTER_SIGN = re.compile(r"https?://|www\.|@|\+\d|mailing list|unsubscribe|\bltd\b|\bgmbh\b", re.IGNORECASE)
_BANNER = re.compile(
    r"^\W{0,4}(?:caution|warning|external|achtung|attention)\b.{0,60}\b(?:external|extern|outside)",
    re.IGNORECASE,
)
_DASHES = re.compile(r"\s*(?:[-_]{2,3}|—)\s*")
_FOOTER = 25  # lines a signature may have
_CLOSING_TAIL = 12  # lines that may follow a closing and still be a signature


@dataclass(frozen=True)
class Parts:
    """A mail's text in its three parts; `text` is never empty unless the whole is."""

    text: str
    quoted: str
    signature: str


def split(body: str) -> Parts:
    """Split the text of a mail."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    looks = [_look(line) for line in lines]
    first = next((at for at, look in enumerate(looks) if look.strip()), 0)
    if _BANNER.match(looks[first]):  # their mail server's warning, not their words
        lines, looks = lines[first + 1 :], looks[first + 1 :]
    new, quoted = _without_quotes(lines, looks)
    kept, signature = _without_signature(new)
    text = "\n".join(kept).strip("\n ")
    if not text:
        # Everything looked like a quotation or signature: better all of it than nothing.
        whole = "\n".join(new).strip("\n ") or "\n".join(line.lstrip("> ") for line in lines).strip("\n ")
        return Parts(whole, "\n".join(quoted).strip("\n") if new else "", "")
    return Parts(text, "\n".join(quoted).strip("\n"), "\n".join(signature).strip("\n"))


def _look(line: str) -> str:
    """Give what a line looks like to a reader: no hidden characters, no Arabic vowel marks, not endless."""
    return _VOWELS.sub("", visible(line[:_LINE]).replace("\N{NO-BREAK SPACE}", " "))


def _without_quotes(lines: list[str], looks: list[str]) -> tuple[list[str], list[str]]:
    """Part the new lines from the quoted ones; what stands between or below lines marked with > is new."""
    new: list[str] = []
    quoted: list[str] = []
    index = 0
    while index < len(lines):
        look = looks[index]
        if look.lstrip().startswith(">"):
            quoted.append(lines[index])
            index += 1
        elif (_SEPARATOR.match(look) and _is_separator(looks, index)) or _header_block(looks, index):
            return new, quoted + lines[index:]
        elif span := _attribution(looks, index):
            if not _marked_below(looks, index + span):
                return new, quoted + lines[index:]
            quoted += lines[index : index + span]
            index += span
        else:
            new.append(lines[index])
            index += 1
    return new, quoted


def _marked_below(looks: list[str], index: int) -> bool:
    """Tell whether the next words are marked with >, so that only what is marked is quoted."""
    below = next((one for one in looks[index:] if one.strip()), "")
    return below.lstrip().startswith(">")


def _is_separator(looks: list[str], index: int) -> bool:
    """Believe a bare line of dashes only when a header block or an attribution follows."""
    if re.fullmatch(r"[\s>]*[-_]{20,}\s*", looks[index]):
        following = [at for at in range(index + 1, min(index + 4, len(looks))) if looks[at].strip()]
        return bool(following) and (
            _header_block(looks, following[0]) or bool(_attribution(looks, following[0]))
        )
    return True


def _header_block(looks: list[str], index: int) -> bool:
    """Tell whether three or more of From/Sent/To/Subject stand here, one under the other."""
    if not _KEYS.match(looks[index]):
        return False
    block = [line for line in looks[index : index + 10] if line.strip()][:6]
    keys = sum(1 for line in block if _KEYS.match(line))
    plausible = any(_ADDRESS.search(line) or _DATE.search(line) for line in block)
    return keys >= 3 and plausible


def _attribution(looks: list[str], index: int) -> int:
    """Count the lines (1 to 4) of "On ..., X wrote:" beginning here; 0 when it is none.

    It ends in a colon, and has two of: an address, a date, a word for "wrote". Its first line has one of them
    already, or else the line above the attribution would be taken for its beginning.
    """
    text = ""
    for span in range(1, 5):
        line = looks[index + span - 1].strip().rstrip("*_ ") if index + span <= len(looks) else ""
        if not line or line.startswith(">"):
            return 0
        text = f"{text} {line}"[:_LINE]
        signs = [bool(sign.search(text)) for sign in (_ADDRESS, _DATE, _WROTE)]
        if not any(signs):
            return 0
        if line.endswith((":", "：")):
            return span if sum(signs) >= 2 and len(text) < 400 else 0
    return 0


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    for index, line in enumerate(lines):
        look = line[:_LINE]
        begins = (
            (_DASHES.fullmatch(look) and _is_footer(lines, index))
            or (_RULE.match(look) and _is_footer(lines, index) and _names_a_sender(lines[index + 1 :]))
            or (_SENT_FROM.match(look) and _is_tail(lines, index))
            or (_CLOSING.match(look) and _is_closing(lines, index))
        )
        if begins:
            return lines[:index], lines[index:]
    return lines, []


def _is_footer(lines: list[str], index: int) -> bool:
    """Tell whether what begins here can be a footer: something stands above it, and it is not long."""
    return _has_words(lines[:index]) and len(lines) - index <= _FOOTER


def _names_a_sender(lines: list[str]) -> bool:
    return any(_FOOTER_SIGN.search(line[:_LINE]) for line in lines)


def _has_words(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _is_tail(lines: list[str], index: int) -> bool:
    """Tell whether little follows, so that "Sent from ..." ends the mail."""
    is_sentence = ", " in lines[index] and lines[index].rstrip().endswith(".")
    return index > 0 and not is_sentence and sum(1 for line in lines[index + 1 :] if line.strip()) <= 3


def _is_closing(lines: list[str], index: int) -> bool:
    """Tell whether a closing phrase begins the signature: short lines follow, and no sentence."""
    if not _has_words(lines[:index]):
        return False
    rest = [line.strip() for line in lines[index + 1 :] if line.strip()]
    if len(rest) > _CLOSING_TAIL:
        return False
    return not any(_is_sentence(line) for line in rest[:3])


def _is_sentence(line: str) -> bool:
    return (len(line) > 60 and not _ADDRESS.search(line)) or line.endswith(("?", "？"))
