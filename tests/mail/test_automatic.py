"""Mail that no person wrote: set aside, never answered; and what came back of our own."""

import pytest

from bot.mail.model import Automatic
from bot.mail.parse import parse
from tests.mail.build import attached, mail, mixed, text

OURS = "<4711.abc@shop.example>"
ORIGINAL = mail(b"Our answer", From="shop@shop.example", To="gone@x.example", Message_ID=OURS)


def why(raw: bytes, **own: list[str]) -> Automatic | None:
    found = parse(raw, **own)  # type: ignore[arg-type]
    return found.automatic


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, Automatic.AUTO_REPLY),
        ({"Auto_Submitted": "auto-generated (failure)"}, Automatic.AUTO_REPLY),
        ({"Auto_Submitted": "no"}, None),
        ({"Precedence": "auto_reply"}, Automatic.AUTO_REPLY),
        ({"X_Autoreply": "yes"}, Automatic.AUTO_REPLY),
        ({"Return_Path": "<>"}, Automatic.AUTO_REPLY),
        ({"Subject": "自动回复: 订单"}, Automatic.AUTO_REPLY),
        ({"Subject": "=?utf-8?B?6Ieq5Yqo5Zue5aSNOiDorqLljZU=?="}, Automatic.AUTO_REPLY),
        ({"Subject": "Automatic reply: Order"}, Automatic.AUTO_REPLY),
        ({"Subject": "Out of Office: Order"}, Automatic.AUTO_REPLY),
        ({"Subject": "Abwesenheitsnotiz: Bestellung"}, Automatic.AUTO_REPLY),
        ({"Subject": "Automatische Antwort: Bestellung"}, Automatic.AUTO_REPLY),
        ({"Subject": "Réponse automatique : Commande"}, Automatic.AUTO_REPLY),
        ({"Subject": "Respuesta automática: Pedido"}, Automatic.AUTO_REPLY),
        ({"Subject": "Risposta automatica: Ordine"}, Automatic.AUTO_REPLY),
        ({"Subject": "Автоответ: Заказ"}, Automatic.AUTO_REPLY),
        ({"Subject": "자동 회신: 주문"}, Automatic.AUTO_REPLY),
        ({"Subject": "Otomatik yanıt: Sipariş"}, Automatic.AUTO_REPLY),
        ({"List_Id": "<news.x.example>"}, Automatic.MAILING_LIST),
        ({"List_Post": "<mailto:list@x.example>"}, Automatic.MAILING_LIST),
        ({"List_Unsubscribe": "<https://x.example/u>"}, Automatic.NEWSLETTER),
        ({"Precedence": "bulk"}, Automatic.BULK),
        ({"Precedence": "junk"}, Automatic.BULK),
        ({"Precedence": "list"}, Automatic.MAILING_LIST),
        ({"From": "noreply@x.example"}, Automatic.NO_REPLY),
        ({"From": "Shop <no-reply@x.example>"}, Automatic.NO_REPLY),
        ({"From": "donotreply@x.example"}, Automatic.NO_REPLY),
        ({"From": "MAILER-DAEMON@mx1"}, Automatic.BOUNCE),
        ({"From": "Postmaster <postmaster@x.example>"}, Automatic.BOUNCE),
        ({"X_Switchboard": "abc"}, Automatic.LOOP),
        # None of these says that a machine wrote it.
        ({"X_Auto_Response_Suppress": "All"}, None),
        ({"Subject": "Question about automatic reply settings"}, None),
        ({"Subject": "Re: undelivered pallets"}, None),
        ({"From": "Norah Replyson <norah.reply@x.example>"}, None),
        ({"Return_Path": "<liwei@ningbo.example>"}, None),
    ],
)
def test_it_tells_machines_from_people(headers: dict[str, str], reason: Automatic | None) -> None:
    assert why(mail(**headers)) is reason


def test_it_takes_a_mail_from_an_address_of_ours_for_a_loop() -> None:
    assert why(mail(From="Shop <SHOP@shop.example>"), own_addresses=["shop@Shop.example"]) is Automatic.LOOP
    assert why(mail(), own_addresses=["shop@shop.example"]) is None


def test_it_has_a_sentence_for_every_reason() -> None:
    assert all(reason.sentence.endswith(".") for reason in Automatic)


STATUS = (
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.x.example\r\n\r\n"
    b"Final-Recipient: rfc822; gone@x.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    b"Diagnostic-Code: smtp; 550 5.1.1 <gone@x.example>: no such user\r\n"
)


def test_it_reads_a_standard_delivery_report() -> None:
    raw = mixed(
        text("Your mail could not be delivered."),
        STATUS,
        attached(ORIGINAL),
        kind="multipart/report; report-type=delivery-status",
        From="Mail System <MAILER-DAEMON@mx.shop.example>",
        Subject="Undelivered Mail Returned to Sender",
    )
    found = parse(raw)
    assert found.automatic is Automatic.BOUNCE
    assert found.bounce is not None
    assert found.bounce.original_message_id == OURS
    assert (found.bounce.recipient, found.bounce.permanent) == ("gone@x.example", True)
    assert found.bounce.reason == "gone@x.example: 550 5.1.1 <gone@x.example>: no such user"
    assert found.forwarded is None


def test_it_reads_a_report_that_brings_only_the_headers() -> None:
    headers = (
        b"Content-Type: text/rfc822-headers\r\n\r\nFrom: shop@shop.example\r\nMessage-ID: " + OURS.encode()
    )
    found = parse(
        mixed(text("Failed"), STATUS, headers, kind="multipart/report; report-type=delivery-status")
    )
    assert found.bounce is not None
    assert found.bounce.original_message_id == OURS


def test_it_reads_an_exchange_report() -> None:
    status = STATUS.replace(b"5.1.1", b"5.7.1").replace(
        b"no such user", b"RESOLVER.RST.NotAuthorized; not authorized"
    )
    raw = mixed(
        b"Content-Type: text/html\r\n\r\n<p>Your message couldn't be delivered.</p>",
        status,
        attached(ORIGINAL),
        kind="multipart/report; report-type=delivery-status",
        From="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615@x.example>",
        Subject="Undeliverable: Order 4711",
        Return_Path="<>",
    )
    found = parse(raw)
    assert found.automatic is Automatic.BOUNCE
    assert found.bounce is not None
    assert (found.bounce.original_message_id, found.bounce.recipient) == (OURS, "gone@x.example")
    assert "couldn't be delivered" in found.text


def test_it_reads_a_qmail_bounce() -> None:
    body = (
        "Hi. This is the qmail-send program at x.example.\nI could not deliver your message.\n\n"
        "<gone@x.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 user unknown\n\n"
        "--- Below this line is a copy of the message.\n\nFrom: shop@shop.example\n"
        f"Message-ID: {OURS}\n\nOur answer\n"
    )
    found = parse(mail(body.encode(), From="MAILER-DAEMON@x.example", Subject="failure notice"))
    assert found.bounce is not None
    assert found.bounce.original_message_id == OURS
    assert (found.bounce.recipient, found.bounce.permanent) == ("gone@x.example", True)


def test_it_reads_a_chinese_bounce() -> None:
    said = "抱歉，您的邮件被退回来了……\n收件人邮件地址（gone@x.example）不存在，邮件无法送达。\n"
    raw = mixed(
        b"Content-Type: text/plain; charset=gb18030\r\n\r\n" + said.encode("gb18030"),
        attached(ORIGINAL),
        From="PostMaster@qq.example",
        Subject="=?gb2312?B?z7XNs83L0MU=?=",
    )
    found = parse(raw)
    assert found.subject == "系统退信"
    assert found.automatic is Automatic.BOUNCE
    assert found.bounce is not None
    assert (found.bounce.original_message_id, found.bounce.recipient) == (OURS, "gone@x.example")
    assert "退回来了" in found.text


def test_it_knows_a_bounce_from_an_odd_sender_by_its_envelope_and_subject() -> None:
    raw = mixed(
        text("失败"), attached(ORIGINAL), From="system@163.example", Subject="退信通知", Return_Path="<>"
    )
    found = parse(raw)
    assert found.automatic is Automatic.BOUNCE
    assert found.bounce is not None
    assert found.bounce.original_message_id == OURS


def test_it_tells_a_temporary_failure_from_a_permanent_one() -> None:
    raw = mixed(
        text("x"),
        STATUS.replace(b"5.1.1", b"4.2.2").replace(b"550", b"452"),
        kind="multipart/report; report-type=delivery-status",
    )
    found = parse(raw)
    assert found.bounce is not None
    assert not found.bounce.permanent


def test_it_does_not_count_a_delay_as_lost() -> None:
    status = STATUS.replace(b"Action: failed", b"Action: delayed")
    found = parse(mixed(text("x"), status, kind="multipart/report; report-type=delivery-status"))
    assert found.automatic is Automatic.BOUNCE
    assert found.bounce is None


def test_it_takes_a_read_receipt_for_no_bounce() -> None:
    receipt = (
        b"Content-Type: message/disposition-notification\r\n\r\nDisposition: manual-action; displayed\r\n"
    )
    found = parse(mixed(text("Read"), receipt, kind="multipart/report; report-type=disposition-notification"))
    assert found.automatic is Automatic.AUTO_REPLY
    assert found.bounce is None


def test_it_survives_a_report_of_nothing() -> None:
    for kind in ("multipart/report", "multipart/report; report-type=delivery-status"):
        found = parse(mixed(b"Content-Type: message/delivery-status\r\n\r\n", kind=kind))
        assert found.bounce is not None
        assert found.bounce.reason == "the address: their mail server gave no reason"
