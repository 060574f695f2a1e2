"""Text and headers in whatever charset they come, whatever they claim."""

from base64 import b64encode

import pytest

from bot.mail.charsets import decode, header
from bot.mail.parse import parse
from tests.mail.build import mail


@pytest.mark.parametrize(
    ("declared", "real", "said"),
    [
        ("gb2312", "gb18030", "规格：Ø20㎜，价格€12，㐀字"),
        ("gbk", "gb18030", "龘字的报价"),
        ("big5", "big5hkscs", "貨物已經喺倉庫"),
        ("ks_c_5601-1987", "cp949", "똠방각하 샘플입니다"),
        ("euc-kr", "cp949", "내일 발송합니다"),
        ("iso-8859-1", "cp1252", "Preis: 12 € – „sofort“"),
        ("us-ascii", "utf-8", "Grüße aus Köln"),
        ("x-unknown", "utf-8", "naïve café"),
        ("x-unknown", "gb18030", "样品已经寄出，请查收。"),
        ("utf-8", "gb18030", "样品已经寄出，请查收。"),
        ("gb2312", "utf-8", "价格已经更新"),
        ("iso-2022-jp", "iso-2022-jp", "見積書を送ります"),
        ("shift_jis", "cp932", "①㈱サンプル"),
        ("windows-1251", "cp1251", "Добрый день"),
        ("koi8-r", "koi8-r", "Добрый день"),
        ("iso-8859-9", "iso-8859-9", "Şu sipariş için teşekkürler"),
        ("windows-1256", "cp1256", "مرحبا بكم"),
        ("utf-16le", "utf-16le", "Grüße"),
    ],
)
def test_it_reads_a_body_by_what_its_charset_is_in_truth(declared: str, real: str, said: str) -> None:
    raw = mail(b64encode(said.encode(real)), charset=declared)
    raw = raw.replace(b"Content-Transfer-Encoding: 8bit", b"Content-Transfer-Encoding: base64")
    assert parse(raw).text == said


def test_it_reads_undeclared_western_bytes_as_western() -> None:
    assert decode("Das größte café in Köln".encode("cp1252"), None) == "Das größte café in Köln"


def test_it_keeps_utf_8_with_a_broken_byte_utf_8() -> None:
    whole = "报价单已经发送，请您查收。" * 20
    assert decode(whole.encode()[:-1], "utf-8").startswith(whole[:-1])
    assert decode(whole.encode()[1:], "utf-8").endswith(whole[1:])


@pytest.mark.parametrize(
    "charset", ["rot13", "bz2_codec", "punycode", "idna", "unicode_escape", "../x", "", "\x00"]
)
def test_it_takes_no_codec_for_a_charset(charset: str) -> None:
    assert decode(b"plain words \\u0041 xn--", charset) == "plain words \\u0041 xn--"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("=?gb2312?B?xOO6w8rAvec=?=", "你好世界"),
        ("=?utf-8?B?5L2g5Q==?=\r\n =?utf-8?B?pb3kuJbnlYw=?=", "你好世界"),
        ("=?UTF-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
        ("Re: =?iso-8859-1?Q?Gr=FC=DFe_aus?= Wien", "Re: Grüße aus Wien"),
        ("=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (f"=?big5?B?{b64encode('報價單'.encode('big5')).decode()}?=", "報價單"),
        ("=?ks_c_5601-1987?B?vsiz58fPvLy/5A==?=", "안녕하세요"),
        ("=?utf-8?B?5L2g5aW9", "=?utf-8?B?5L2g5aW9"),
        ("=?utf-8?B?!!!?= x", "x"),
        ("=?nonsense?Q?abc?=", "abc"),
        ("=?utf-8?q?what? yes?=", "what? yes"),
        ("a\r\n\tb\r\n c", "a b c"),
        ("in\u202evoice\u200b.pdf", "invoice.pdf"),
    ],
)
def test_it_reads_encoded_words_also_split_and_broken_ones(written: str, said: str) -> None:
    assert header(written) == said


@pytest.mark.parametrize(
    ("charset", "said"), [("utf-8", "订单：您好"), ("gb18030", "关于订单的报价"), ("cp1252", "Größe")]
)
def test_it_reads_raw_bytes_in_headers(charset: str, said: str) -> None:
    raw = mail().replace(b"Subject: Order 4711", b"Subject: " + said.encode(charset))
    raw = raw.replace(b"Li Wei <", said.encode(charset) + b" <")
    found = parse(raw)
    assert found.subject == said
    assert (found.sender.name, found.sender.address) == (said, "liwei@ningbo.example")


def test_it_reads_names_with_commas_and_encoded_words() -> None:
    name = b64encode("Müller, Anna".encode()).decode()
    raw = mail(To=f'=?utf-8?B?{name}?= <anna@shop.example>, "Li, Wei" <li@x.example>, bare@y.example')
    assert [(one.name, one.address) for one in parse(raw).to] == [
        ("Müller, Anna", "anna@shop.example"),
        ("Li, Wei", "li@x.example"),
        ("", "bare@y.example"),
    ]
