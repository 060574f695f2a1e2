"""Which folder holds sent mail: the one marked so (RFC 6154), else by the names mail programs give it."""

from collections.abc import Iterable

from imap_tools import FolderInfo

SENT = "Sent"
_NAMES = frozenset(
    name.casefold()
    for name in (
        SENT,
        *("Sent Items", "Sent Messages", "Sent Mail"),
        *("Gesendet", "Gesendete Objekte", "Gesendete Elemente", "Gesendete Nachrichten"),
        *("Envoyés", "Éléments envoyés", "Messages envoyés", "Courrier envoyé", "Objets envoyés"),
        *("Enviados", "Elementos enviados", "Mensajes enviados", "Correo enviado", "Enviadas"),
        *("Itens enviados", "Mensagens enviadas", "Itens Enviados", "E-mails enviados"),
        *("Posta inviata", "Inviati", "Inviata", "Elementi inviati", "Messaggi inviati"),
        *("Verzonden", "Verzonden items", "Verzonden berichten", "Verzonden objecten"),
        *("Skickat", "Skickade", "Skickade objekt", "Sendt", "Sendte elementer", "Sendt post"),
        *("Lähetetyt", "Lähetetyt viestit", "Saadetud", "Nosūtītie", "Išsiųsti", "Išsiųstieji"),
        *(
            "Wysłane",
            "Elementy wysłane",
            "Odeslaná pošta",
            "Odeslané",
            "Odoslané",
            "Elküldött",
            "Elküldött elemek",
        ),
        *("Trimise", "Elemente trimise", "Poslano", "Poslane stavke", "Послато", "Изпратени"),
        *(
            "Отправленные",
            "Надіслані",
            "Отправленные элементы",
            "Απεσταλμένα",
            "Gönderilmiş",
            "Gönderilmiş Öğeler",
        ),
        *("Gönderilenler", "已发送", "已发送邮件", "已发邮件", "已傳送", "寄件備份"),
        *("送信済み", "送信済みアイテム", "送信済みメール", "보낸편지함", "보낸 편지함", "보낸메일함"),
        *("Đã gửi", "Thư đã gửi", "Terkirim", "Item Terkirim", "ส่งแล้ว", "รายการที่ถูกส่ง", "भेजे गए"),
        *("المرسلة", "البريد المرسل", "العناصر المرسلة", "פריטים שנשלחו", "ارسال شده"),
    )
)


def sent_among(folders: Iterable[FolderInfo]) -> str | None:
    """Find the folder of sent mail among all; None when there is none."""
    usable = [one for one in folders if "\\noselect" not in _flags(one)]
    for one in usable:
        if "\\sent" in _flags(one):
            return one.name
    named = [one for one in usable if _last(one).casefold() in _NAMES]
    # Of several (an old program's and a new one's), the one nearest the top.
    return min(named, key=lambda one: (one.name.count(one.delim or "/"), one.name)).name if named else None


def _flags(folder: FolderInfo) -> set[str]:
    return {flag.lower() for flag in folder.flags}


def _last(folder: FolderInfo) -> str:
    return folder.name.rpartition(folder.delim)[2] if folder.delim and folder.delim != "NIL" else folder.name
