"""The words mail programs and their users put around what they say, in the languages of trade.

Only data: what a word is taken for, and how much else must speak for it, stands in `headers`, `quotes` and
`signatures`. Phrases are in lower case and parted by |; a line begins a language or a group of kin.
"""

import re

from bot.patterns import lazy

SENDER, DATE, RECIPIENT, SUBJECT = "sender", "date", "recipient", "subject"


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.replace("\n", "|").split("|") if phrase.strip())


# The keys of the block of headers above a quoted or forwarded mail.
_KEYS = {
    SENDER: """
        from | von | de | da | van | od | från | fran | fra | lähettäjä | odesílatel | feladó | expeditor
        kimden | gönderen | от | отправитель | від | από | nadawca | pengirim | dari | người gửi | từ
        发件人 | 發件人 | 寄件者 | 寄件人 | 差出人 | 送信者 | 送信元 | 보낸 사람 | 보낸사람 | 보낸이 | 발신
        من | المرسل | מאת | จาก
    """,
    DATE: """
        sent | date | sent at | gesendet | datum | gesendet am | envoyé | envoye | envoyé le | date d'envoi
        enviado | enviado el | enviada | enviada em | enviado em | fecha | data | data invio | inviato
        verzonden | skickat | sendt | dato | lähetetty | päivämäärä | päiväys | wysłano | wyslano | odesláno
        küldve | dátum | trimis | gönderildi | gönderilme tarihi | tarih | отправлено | дата | надіслано
        ημερομηνία | στάλθηκε | dikirim | tanggal | ngày | đã gửi | ngày gửi | vào lúc
        发送时间 | 發送時間 | 发送日期 | 寄件日期 | 傳送日期 | 日期 | 时间 | 時間 | 送信日時 | 日時 | 日付
        보낸 날짜 | 보낸날짜 | 날짜 | 발송일
        تاريخ | التاريخ | تم الإرسال | تاريخ الإرسال | נשלח | תאריך | วันที่
    """,
    RECIPIENT: """
        to | cc | reply-to | bcc | an | kopie | a | à | para | pour | cópia | copia | aan | do | dw | till
        kopia | til | kopi | vastaanottaja | komu | címzett | másolatot kap | către | kime | alıcı | bilgi
        кому | копия | кому/копия | προς | κοιν. | adresat | kepada | đến | tới | đồng gửi
        收件人 | 收件者 | 抄送 | 副本 | 宛先
        받는 사람 | 받는사람 | 받는이 | 참조 | 수신 | إلى | نسخة | אל | ถึง
    """,
    SUBJECT: """
        subject | betreff | objet | asunto | assunto | oggetto | onderwerp | temat | ämne | amne | emne
        aihe | předmět | predmet | tárgy | subiect | konu | тема | θέμα | perihal | subjek | chủ đề | tiêu đề
        主题 | 主題 | 主旨 | 标题 | 件名 | 제목 | الموضوع | נושא | หัวเรื่อง | เรื่อง
    """,
}
KEYS = {key: kind for kind, text in _KEYS.items() for key in _phrases(text)}

# "wrote", as programs put it into the line above a quotation.
WROTE = lazy(
    r"\b(?:wrote|writes|schrieb|schreef|geschreven|skrev|kirjoitti|escribi[oó]|escreveu|[ée]crit|"
    r"ha scritto|scrisse|napisał|napisała|napisana|pisze|napsal|napsala|napísal|írta|ezt írta|"
    r"a scris|scris|yazdı|έγραψε|написала?|пишет|писав|написа|пише|viết|menulis|je napisao)\b|"
    r"写道|寫道|写到|寫到|写了|のメール|さんは書きました|のメッセージ|님이 작성|작성했습니다|作成:|"
    r"كتب|كتبت|كتابة|כתב|เขียนว่า",
    re.IGNORECASE,
)
# How such a line begins where it begins with a word for "on".
ON = lazy(
    r"^(?:on|am|le|el|il|em|op|den|dne|dnia|w dniu|på|στις|vào|pada|في|בתאריך|no dia|il giorno|el día)\b",
    re.IGNORECASE,
)

# What stands between dashes above a quoted mail, or alone on its line.
_OLDER = """
    original message | original-message | original mail | original appointment | original | original email
    ursprüngliche nachricht | ursprüngliche e-mail | original-nachricht | originalnachricht | urspr. nachricht
    message d'origine | message original | e-mail d'origine | mensaje original | mensagem original
    messaggio originale | oorspronkelijk bericht | oorspronkelijke bericht | original meddelelse
    oprindelig meddelelse | ursprungligt meddelande | originalmeddelande | opprinnelig melding
    alkuperäinen viesti | wiadomość oryginalna | oryginalna wiadomość | původní zpráva | původní e-mail
    eredeti üzenet | mesaj original | mesajul original | orijinal mesaj | özgün ileti | özgün mesaj
    исходное сообщение | исходное письмо | pesan asli | thư gốc | tin nhắn gốc | αρχικό μήνυμα
    原始邮件 | 原始郵件 | 原邮件 | 原郵件 | 回复的原邮件 | 原始訊息 | 元のメッセージ | 원본 메시지 | 원본 메일
    الرسالة الأصلية | reply message | antwort | reply above this line | reply
"""
_FORWARDED = """
    forwarded message | forwarded by | forwarded mail | forwarded | begin forwarded message
    weitergeleitete nachricht | weitergeleitet von | anfang der weitergeleiteten nachricht
    anfang der weitergeleiteten e-mail | message transféré | message transmis | début du message réexpédié
    début du message transféré | mensaje reenviado | inicio del mensaje reenviado | mensaje reenviado por
    mensagem encaminhada | mensagem reencaminhada | início da mensagem encaminhada
    início da mensagem reencaminhada | messaggio inoltrato | inizio messaggio inoltrato
    messaggio inoltrato da | doorgestuurd bericht | begin doorgestuurd bericht | vidarebefordrat meddelande
    vidarebefordrat brev | videresendt meddelelse | videresendt melding | välitetty viesti
    przekazana wiadomość | wiadomość przekazana dalej | treść przekazanej wiadomości | přeposlaná zpráva
    továbbított üzenet | továbbított levél | mesaj redirecționat | iletilen mesaj | yönlendirilen ileti
    yönlendirilmiş mesaj | пересылаемое сообщение | пересланное сообщение | начало переадресованного сообщения
    пересылаемое письмо | pesan terusan | pesan yang diteruskan | thư đã chuyển tiếp | tin nhắn đã chuyển tiếp
    προωθημένο μήνυμα | 转发邮件 | 转发的邮件 | 轉寄郵件 | 轉寄的郵件 | 已转发邮件 | 转发邮件信息 | 轉寄信件
    転送メッセージ | 転送されたメッセージ | 전달된 메시지 | 전달된 메일 | رسالة محولة | رسالة معاد توجيهها
    הודעה שהועברה
"""
OLDER, FORWARDED = _phrases(_OLDER), _phrases(_FORWARDED)
# In front of a subject, by those who pass a mail on.
FORWARD_PREFIX = lazy(
    r"^\s*(?:fwd?(?:\[\d{1,2}\])?|wg|wtr|tr|rv|enc|i|pd|vb|vs|vl|doorst|ilt|i̇lt|"
    r"轉寄|转发|轉發|转寄|転送|전달)\s?[:：]",
    re.IGNORECASE,
)

# Lines that a telephone or an app puts below (or above) what was written.
SENT_FROM_BEFORE = tuple(
    _phrases("""
    sent from | sent via | sent using | sent with | get outlook for | sent by
    gesendet von | gesendet mit | gesendet über | diese nachricht wurde von | outlook für | holen sie sich
    von meinem | envoyé de | envoyé depuis | envoyé à partir | envoye de | télécharger outlook
    obtenir outlook
    enviado desde | enviado do | enviado de | enviado a partir | enviada do | obter o outlook
    obtener outlook | inviato da | inviato dal | scarica outlook | ottieni outlook | verstuurd vanaf
    verzonden vanuit | verzonden vanaf | verzonden met | outlook voor | skickat från | skickades från
    sendt fra | lähetetty | hanki outlook | wysłane z | wysłano z | pobierz outlook | odesláno z
    odesláno ze | odoslané z | iphone'umdan | iphone'dan gönderildi | ios için outlook | android için outlook
    отправлено с | отправлено из | отправлено через | надіслано з | trimis de pe | trimis din
    elküldve | küldve | στάλθηκε από | được gửi từ | gửi từ | dikirim dari
    发自 | 發自 | 从我的 | 從我的 | 来自我的 | 來自我的 | 获取 outlook | 取得 outlook | iphoneから送信
    androidから送信 | outlook for ios を入手 | 나의 iphone | 내 iphone | 내 갤럭시
    أرسلت من | ارسلت من | تم الإرسال من | تم إرساله من | נשלח מה | ส่งจาก
    yahoo mail for | mobile device
    """)
)
SENT_FROM_AFTER = tuple(
    _phrases("""
    gesendet | gesendet. | verzonden | gönderildi | küldve | から送信 | 에서 보냄 | 에서 보냈습니다
    傳送 | 发送
    """)
)
DEVICE = lazy(
    r"iphone|ipad|android|samsung|galaxy|huawei|xiaomi|outlook|gmail|yahoo|blackberry|windows|mobil|"
    r"handy|phone|手机|手機|邮箱|信箱|スマートフォン|携帯|휴대폰|telefon|smartphone|app\b",
    re.IGNORECASE,
)

# A closing opens the signature wherever short lines follow it. Marks around them are taken off first.
CLOSINGS = _phrases("""
    regards | rgds | best | best regards | kind regards | warm regards | warmest regards | kindest regards
    many regards | with regards | with best regards | with kind regards | with warm regards | best rgds
    thanks & regards | thanks and regards | thanks & best regards | thanks and best regards | brgds | br
    best wishes | with best wishes | warm wishes | all the best | take care | cheers | sincerely
    sincerely yours | yours | yours sincerely | yours truly | yours faithfully | respectfully | cordially
    kind rgds | warm rgds | kr | tks & rgds | b/rgds | brgds | rgrds
    goodbye | bye | see you | talk soon
    mit freundlichen grüßen | mit freundlichen grüssen | mit freundlichem gruß | mit freundlichem gruss
    freundliche grüße | freundliche grüsse | freundlichen gruß | viele grüße | viele grüsse | liebe grüße
    liebe grüsse | beste grüße | beste grüsse | schöne grüße | herzliche grüße | herzliche grüsse
    mit besten grüßen | mit besten grüssen | mit herzlichen grüßen | sonnige grüße | gruß | gruss | grüße
    grüsse | mfg | lg | vg | bg | hochachtungsvoll | auf wiedersehen | tschüss
    cordialement | bien cordialement | très cordialement | cdt | cdlt | bien à vous | bien à toi
    sincères salutations | meilleures salutations | salutations | salutations distinguées
    respectueusement | amicalement | au revoir | à bientôt
    saludos | saludos cordiales | un saludo | un cordial saludo | cordiales saludos | atentamente | salud
    reciba un cordial saludo | atte | muy atentamente | cordialmente | un abrazo | adiós | hasta luego
    cordiali saluti | distinti saluti | saluti | un saluto | un cordiale saluto | i migliori saluti
    cari saluti | arrivederci | a presto
    atenciosamente | cumprimentos | melhores cumprimentos | com os melhores cumprimentos | att | abraço
    os melhores cumprimentos | um abraço | abraços | abs | adeus | até breve | cordiais saudações
    met vriendelijke groet | met vriendelijke groeten | vriendelijke groet | vriendelijke groeten | groet
    groeten | groetjes | hartelijke groet | hartelijke groeten | mvg | hoogachtend | tot ziens
    pozdrawiam | z poważaniem | serdecznie pozdrawiam | pozdrawiam serdecznie | pozdrowienia
    z wyrazami szacunku | łączę pozdrowienia | do widzenia
    med vänlig hälsning | med vänliga hälsningar | vänliga hälsningar | vänligen | hälsningar | mvh
    med venlig hilsen | venlig hilsen | de bedste hilsner | med vennlig hilsen | vennlig hilsen | hilsen | vh
    ystävällisin terveisin | parhain terveisin | terveisin | t | hyvästi | näkemiin
    s pozdravem | s přátelským pozdravem | s úctou | s pozdravom | na shledanou | hezký den
    saygılarımla | saygılarımızla | saygılar | iyi çalışmalar | iyi günler | kolay gelsin | sevgiler
    selamlar | hoşça kalın
    с уважением | с наилучшими пожеланиями | с наилучшими | всего доброго | всего наилучшего | до свидания
    з повагою | с поздрави | поздрави
    üdvözlettel | üdv | tisztelettel | viszontlátásra | cu stimă | cu respect | o zi bună | cu drag
    με εκτίμηση | με φιλικούς χαιρετισμούς | φιλικά
    trân trọng | trân trọng kính chào | thân mến | thân ái | kính thư | thân
    hormat kami | salam | salam hormat | hormat saya
    此致 | 敬礼 | 敬禮 | 此致敬礼 | 此致敬禮
    祝好 | 顺祝商祺 | 順祝商祺 | 顺颂商祺 | 順頌商祺 | 祝商祺 | 商祺
    祝生意兴隆 | 祝工作顺利 | 祝您工作顺利 | 祝工作愉快 | 顺祝 | 谨启 | 敬上 | 敬启 | 致敬 | 祝一切顺利
    敬具 | 以上 | かしこ | 草々 | よろしくお願いします | よろしくお願いいたします | よろしくお願い致します
    どうぞよろしくお願いいたします | 何卒よろしくお願いいたします | 何卒よろしくお願い申し上げます
    宜しくお願いします | 宜しくお願い致します | 宜しくお願いいたします | 以上、よろしくお願いいたします
    引き続きよろしくお願いいたします
    올림 | 드림 | 안녕히 계세요 | 수고하세요
    مع تحياتي | تحياتي | مع أطيب التحيات | أطيب التحيات | مع خالص التحية | مع التحية
    وتفضلوا بقبول فائق الاحترام
    مع فائق الاحترام | بالتوفيق | في أمان الله
    בברכה | בכבוד רב | ขอแสดงความนับถือ | ด้วยความเคารพ
""")
# Words that mean something else, too, when a name or a noun follows them directly: Best Price.
STRONG_CLOSINGS = CLOSINGS - _phrases(
    "best | salud | att | atte | t | vh | bg | vg | br | yours | bye | thân | salam | 以上"
)
# "Many greetings from Izmir"
FROM = _phrases("from | aus | de | depuis | du | da | dalla | van | uit | från | fra | из | desde | z | ze")
# A name, and a word for "wrote this with respect".
SIGNED = lazy(r"^[^\W\d_]{2,12}\s?(?:드림|올림|배상|拜上|敬上|谨上|謹上|谨启|拝)$")
# Thanks and good wishes are words to the reader, too; they open a signature only right above a name.
THANKS = _phrases("""
    thanks | many thanks | thanks again | thank you | thank you very much | thanks a lot | thx | tks
    thanks in advance | thank you in advance | have a nice day | have a great day
    danke | vielen dank | besten dank | herzlichen dank | vielen dank im voraus | danke im voraus
    danke und gruß | merci | merci d'avance | bonne journée | bonne fin de journée | bonne soirée
    gracias | muchas gracias | gracias de antemano | buen día | grazie | grazie mille | buona giornata
    buon lavoro | obrigado | obrigada | muito obrigado | muito obrigada | grato | grata | bom dia
    dank je wel | bedankt | alvast bedankt | fijne dag | dziękuję | z góry dziękuję | dzięki | miłego dnia
    tack | tack på förhand | tak | på forhånd tak | takk | kiitos | kiitos etukäteen | děkuji | děkuji předem
    teşekkürler | teşekkür ederim | teşekkür ederiz | спасибо | заранее спасибо | благодарю | дякую
    köszönöm | köszönettel | mulțumesc | ευχαριστώ | ευχαριστώ πολύ | cảm ơn | xin cảm ơn | terima kasih
    谢谢 | 謝謝 | 多谢 | 感谢 | 非常感谢
    谢谢您 | 谢谢你 | 感谢您的支持 | 感谢您的配合 | ありがとうございます
    감사합니다 | 고맙습니다 | شكرا | شكرا لك | شكرا جزيلا | תודה | ขอบคุณ | ขอบคุณครับ | ขอบคุณค่ะ
""")
# Below a signature, though they are sentences.
FOOTER_SENTENCES = lazy(
    r"environment before printing|think before you print|confidential|intended (?:only )?for|vertraulich|"
    r"confidentiel|confidencial|riservat|poufn|конфиденциал|保密|机密|機密|disclaimer|virus|avast|unsubscribe",
    re.IGNORECASE,
)
# What their mail server puts on top of their words.
BANNER = lazy(
    r"^\W{0,6}(?:(?:caution|warning|external|achtung|attention|attenzione|atención|atenção|avertissement)\b"
    r".{0,80}\b(?:external|extern|outside|externe|esterno|externo|organi[sz]ation)|"
    r"external(?: e-?mail| sender)?\W{0,6}$|"
    r"you don.?t often get email from|some people who received this message|sie erhalten nicht h.ufig|"
    r"vous n.obtenez pas souvent|no suele recibir correos|外部邮件|【外部)",
    re.IGNORECASE,
)
