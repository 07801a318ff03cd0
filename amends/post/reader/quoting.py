"""What is new in a reply: quoted history and signatures set aside, line by line, in linear time.

Nothing is lost by this: the whole text stays beside it, and where nothing new remains, all of it is shown.
"""

from __future__ import annotations

import re

_CLIP = 400  # a line longer than this is nobody's attribution
_LONGEST_ATTRIBUTION = 700
_LOOK_BACK = 5
_MOST_TRIES = 300  # lines that look like an attribution; a letter has a few, a poisoned one thousands
_MARKS = (">", ":", "|", "--", "__", "==", "：", "##")  # without any of them nothing can be quoted history
_LONGEST = 1_000_000  # characters; nobody types more, and searching it would only cost time
# Marks of writing direction, which programs put around names and addresses.
_DIRECTIONS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


def _any_of(*words: str) -> str:
    return "|".join(words)


# How mail programs say that somebody wrote, by language.
_VERBS = _any_of(
    "wrote|writes|writes|said",
    "schrieb|geschrieben",
    "a écrit|écrit|nous écrivait",
    "escribió|escribiu|va escriure|ha escrit|idatzi du",
    "ha scritto|scrive|scritto",
    "schreef|geschreven",
    "escreveu",
    "a scris",
    "skrev|skrifaði",
    "kirjoitti|kirjutas",
    "napisał|napisała|napisali|pisze",
    "napsala?|napísala?|napisao|napisala|je napisal",
    "ezt írta|írta",
    "rašė|parašė|rakstīja",
    "написала?|написал|написао|написа|пишет|пише|писал",
    "έγραψε|έγραψαν",
    "şunu yazdı|yazdı|yazmış",
    "写道|寫道|写到|のメッセージ|のメール|書きました|作成",
    "작성|썼습니다|님이 쓰신",
    "כתב/ה|כתב|כתבה|מאת",
    "كتب|كتبت|كتابة ما يلي بواسطة|نوشت",
    "đã viết|viết",
    "menulis|เขียนว่า|เขียน|ने लिखा",
)
_VERB = re.compile(rf"(?:{_VERBS})(?:\(a\))?", re.IGNORECASE)
_VERB_LAST = re.compile(rf".{{2,120}}?[\s\"'>](?:{_VERBS})(?:\(a\))?\s?[:：]\Z", re.IGNORECASE)
_TAIL = re.compile(rf">\s{{0,3}}(?:{_VERBS})?(?:\(a\))?\s{{0,3}}[:：]\s*\Z", re.IGNORECASE)
_START = re.compile(
    r"(?:-{2,}\s)?(?:On|In (?:article|message)|Am|Le|El|Il|Op|Em|No dia|A|Den|På|Dne|Dňa|Dana|W dniu|Dnia|V|În|Pe|La|Kuupäev|Στις|Την|На|"
    r"Vào|Pada|ในวันที่|Ngày|في|בתאריך|ב-|在|於|于)\b\s?\S"
)
_NAMED_LAST = re.compile(r".{0,120}<[^<>\s]{1,120}@[^<>\s]{1,120}>\s?[:：]\Z")
_DATE_FIRST = re.compile(r"(?:[^\W\d]{1,14}[.,]{0,2}\s?){0,2}\(?\d{1,4}")
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
_CLOCK = re.compile(r"\d\d?[:.h]\d\d")
_DATE_BEGINS = re.compile(r"\d{1,4}\s?[./年년-]\s?\d|\d{1,2}\.?\s[^\W\d]")
_NUMBER = re.compile(r"[\d@]")
_DATED = re.compile(r"\d\d?\b.{0,40}\d{2}|\d{4}")

_OLDER = _any_of(
    "original message|forwarded message|original appointment|reply message|message forwarded|original email",
    "(?:ur)?sprüngliche (?:nachricht|mail|e-mail)|original-?(?:nachricht|mail)|weitergeleitete (?:nachricht|mail)",
    "message d['’]origine|message original|message initial|message transféré|courriel original",
    "mensaje original|mensaje reenviado|mensaje enviado|missatge original|mensaxe orixinal",
    "mensagem original|mensagem (?:encaminhada|reencaminhada)",
    "messaggio originale|messaggio (?:inoltrato|d'origine)",
    "oorspronkelijk bericht|origineel bericht|doorgestuurd bericht",
    "wiadomość oryginalna|oryginalna wiadomość|(?:treść )?przekazan\\w{1,3} wiadomoś\\w{1,3}|wiadomość przekazana",
    "(?:исходное|оригинальное|пересылаемое|перенаправленное|переадресованное|пересланное) сообщение",
    "(?:оригінальне|вихідне|переслане) повідомлення|оригинално съобщение|препратено съобщение",
    "ursprungligt meddelande|originalmeddelande|vidarebefordrat meddelande",
    "oprindelig (?:meddelelse|besked)|videresendt (?:meddelelse|besked)|opprinnelig melding|videresendt melding",
    "alkuperäinen viesti|välitetty viesti|edelleenlähetetty viesti",
    "původní zpráva|přeposlaná zpráva|pôvodná správa|preposlaná správa",
    "eredeti üzenet|továbbított üzenet|mesaj original|mesaj redirecționat|mesajul original",
    "(?:özgün|orijinal) (?:ileti|mesaj)|iletilen (?:ileti|mesaj)|αρχικό μήνυμα|προωθημένο μήνυμα",
    "izvorna poruka|originalna poruka|proslijeđena poruka|izvirno sporočilo|posredovano sporočilo",
    "algne kiri|edastatud kiri|originalus laiškas|persiųstas laiškas|sākotnējais ziņojums",
    "原始邮件|原邮件|转发邮件信息|转发的邮件|原始郵件|原始訊息|轉寄郵件|轉寄的郵件|元のメッセージ|転送されたメッセージ|転送メッセージ",
    "원본 ?(?:메일|메시지)|전달된 ?메시지|원래 메시지|הודעה מקורית|הודעה שהועברה|הודעה שהועברה",
    "الرسالة الأصلية|رسالة أصلية|رسالة معاد توجيهها|thư gốc|thư đã chuyển tiếp|pesan asli|pesan terusan",
)
_SEPARATOR = re.compile(
    rf"[\s>*]{{0,9}}[-_=]{{2,}}\s{{0,3}}(?:{_OLDER})\s{{0,3}}:?[-_=]{{2,}}", re.IGNORECASE
)
_FORWARDS = re.compile(
    r"(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)|début du message (?:transféré|réexpédié)|"
    r"inicio del mensaje reenviado|início da mensagem (?:encaminhada|reencaminhada)|inizio messaggio inoltrato|"
    r"begin doorgestuurd bericht|początek przekazywanej wiadomości|начало переадресованного сообщения|"
    r"vidarebefordrat brev|start på videresendt besked|videresendt melding|välitetty viesti alkaa|"
    r"以下是转发的邮件|开始转发邮件|以下為轉寄的郵件|転送されたメッセージ|전달된 메시지)\s?[:：]\s*\Z",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"[\W_]{2,12}[^\W_].{0,60}(?:above (?:this|the) line|oberhalb (?:dieser|der) (?:linie|zeile)|"
    r"über dieser (?:linie|zeile)|au[- ]dessus de cette ligne|(?:por )?encima de esta línea|acima desta linha|"
    r"sopra (?:a )?questa (?:linea|riga)|boven deze (?:lijn|regel)|powyżej tej linii|выше этой (?:линии|строки|черты))",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s{0,3}[_-]{5,}\s*\Z")


# The fields that programs write above an older message, by language.
_FROM = _any_of(
    "from|von|de|da|van|od|от|від|från|fra|lähettäjä|feladó|de la|kimden|gönderen|από|saatja|nuo|šalje|pošiljatelj",
    "expéditeur|remitente|mittente|absender|afzender|avsändare|afsender|nadawca|отправитель|відправник|odesílatel",
    "差出人|送信者|发件人|寄件者|寄件人|보낸 ?사람|발신|מאת|من|từ|người gửi|dari|จาก",
)
_SENT = _any_of(
    r"(?:sent|date|gesendet|datum|enviado|enviada|fecha|data|envoyé|inviato|verzonden|wysłano|дата|отправлено)"
    r"(?: (?:el|le|am|em|on|il))?",
    "надіслано|изпратено|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|elküldve|dátum|trimis|odesláno|odoslané",
    "tarih|gönderildi|gönderme tarihi|ημερομηνία|στάλθηκε|saadetud|kuupäev|išsiųsta|nosūtīts|poslano|poslato|envoyée",
    "送信日時|日時|日付|发送时间|发送日期|时间|日期|寄件日期|傳送時間|보낸 ?(?:날짜|시간)|날짜|נשלח|תאריך|التاريخ|تاريخ|تاريخ الإرسال",
    "đã gửi|ngày|dikirim|tanggal|วันที่",
)
_SUBJECT = _any_of(
    "subject|betreff|betrifft|asunto|assunto|assumpte|objet|sujet|oggetto|onderwerp|temat|тема|относно|ämne|emne|aihe",
    "tárgy|subiect|předmět|predmet|zadeva|konu|θέμα|teema|tema|temats|件名|主题|主題|主旨|제목|נושא|الموضوع|موضوع",
    "chủ đề|tiêu đề|perihal|subjek|เรื่อง",
)
_TO = _any_of(
    "to|an|para|à|a|aan|do|кому|до|till|til|vastaanottaja|címzett|către|komu|kime|alıcı|προς|za|kellele|kam",
    "宛先|收件人|收件者|받는 ?사람|אל|إلى|tới|đến|kepada|ถึง",
)
_FIELD = re.compile(
    rf"[\s*]{{0,4}}(?:(?P<from>{_FROM})|(?P<sent>{_SENT})|(?P<subject>{_SUBJECT})|(?P<to>{_TO}))\*{{0,2}}\s?[:：]"
    r"[\s*]{0,9}(?P<value>[^\s]?)",
    re.IGNORECASE,
)
_HEADER_LINES = 6

_DEVICES = (
    "iphone|ipad|ipod|android|mobile|mobil|mobiltelefon|blackberry|phone|smartphone|samsung|galaxy|htc|windows|outlook|"
    "mail|e-?mail|mailbox|airmail|yahoo|gmail|handy|huawei|xiaomi|pixel|tablet|cell|cellphone|device|apparaat|telefoon|"
    "téléphone|portable|dispositivo|móvil|celular|telefono|telemóvel|teléfono|telefon|puhelin|mobilgerät|gerät|nokia|"
    "motorola|alcatel|oneplus|oppo|sony|xperia|lumia|aqua|protonmail|proton|thunderbird|spark|k-9|telefonu|laitteesta|"
    "смартфона|телефона|устройства|почты|почта"
)
_SENT_BY = _any_of(
    "sent from|sent (?:via|with|by|using) (?!e?-?mail|post)|from my|von meinem|diese nachricht wurde",
    "gesendet (?:von|mit|über|aus)|envoyé (?:de|depuis|à partir|avec|via)|verzonden (?:vanaf|met|via|van|vanuit)",
    "enviad[oa] (?:desde|do|da|de|pelo|con|via|a partir)|inviat[oa] (?:da|dal|con|tramite)|trimis (?:de|din)",
    "sendt (?:fra|via|med)|skickat (?:från|via|med)|lähetetty|saadetud|küldve",
    "wysłan[eo] z|отправлено (?:с|со|из)|надіслано (?:з|із)|od(?:esláno|oslané) z|poslan?o (?:z|s|sa)",
    "στάλθηκε από|dikirim dari|được gửi từ",
)
_SENT_FROM = re.compile(
    rf"[<(*_\[]{{0,2}}(?:{_SENT_BY})(?:[\s\[]{{0,3}}[\w'’.-]{{1,20}}[\s\[]{{1,3}}){{0,6}}?[\s\[]{{0,3}}[\w-]{{0,20}}"
    rf"(?:{_DEVICES})",
    re.IGNORECASE,
)
# "Sent from my" and the name of any thing, and nothing more.
_SENT_FROM_ANY = re.compile(
    r"(?:sent from my|von meinem|envoyé de(?:puis)? mon|enviado desde mi|enviado do meu|inviato dal mio|"
    r"verzonden vanaf mijn|skickat från min|sendt fra min|wysłane z mojego)(?:\s[\w'-]{1,20}){1,3}\s?\Z",
    re.IGNORECASE,
)
_SENT_FROM_LAST = re.compile(
    r"(?:get|download|holen sie sich|laden sie|télécharge[rz]|obten(?:ir|ez|er)|obtén|scarica|ottieni|baix[ae]|obter|obtenha|"
    r"downloaden?|hämta|hent|hanki|pobierz|скачать|получить|установите|下载|获取|取得) \[?(?:outlook|bluemail|aol|yahoo|spark|proton)"
    r".{0,20}\s(?:for|für|pour|para|per|voor|för|til|dla|для)\s|.{0,40}(?:gửi từ|發自我的|发自我的|從我的|从我的|iphoneから|ipadから|androidから|스마트폰에서|iphone에서|ipad에서|נשלח מה|أرسلت من|"
    r"أُرسلت من|iphone['’]?(?:umdan|dan)|cihazımdan|iphonestani|iphonesta|sent from (?:yahoo|mail for|mailbox|outlook))",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?:--|—|–)\s?\Z")
_LIST_FOOTER = re.compile(r"_{20,}\Z")
_SIGNATURE_LINES = 12


def new_words(text: str) -> str:
    """The text without quoted history and without a signature; the whole text when nothing new would remain."""
    if len(text) > _LONGEST:
        return text
    lines = text.split("\n")
    kept = _without_quotes(lines) if any(mark in text for mark in _MARKS) else lines
    if not any(line.strip() for line in kept):
        return text
    unsigned = _without_signature(kept)
    if any(line.strip() for line in unsigned):
        kept = unsigned
    if len(kept) == len(lines):
        return text
    return "\n".join(kept).strip("\n").rstrip()


def _without_quotes(written: list[str]) -> list[str]:
    """The lines that are neither quoted nor history; judged without marks of direction, but kept with them."""
    lines = [line if line.isascii() else _DIRECTIONS.sub("", line) for line in written]
    kept: list[int] = []
    known: dict[int, str] = {}
    at, last, tries = 0, len(lines), 0
    followers = _next_full_lines(lines)
    while at < last:
        line = lines[at]
        if not line or line.isspace():
            kept.append(at)
            at += 1
            continue
        after = followers[at]
        quoted_next = after < last and _is_quoted(lines[after]) and not _TAIL.match(lines[after])
        if tries < _MOST_TRIES and _ends_attribution(line, quoted_next):
            tries += 1
            span = _attribution(lines, at, quoted_next)
            if span and len(kept) >= span - 1:
                del kept[len(kept) - (span - 1) :]
                if not quoted_next:
                    break
                at = _after_quote(lines, after)
                continue
        if _is_quoted(line):
            at += 1
        elif _opens_history(lines, at, after, known):
            break
        else:
            kept.append(at)
            at += 1
    return [written[n] for n in kept]


def _next_full_lines(lines: list[str]) -> list[int]:
    """For each line the index of the next one that is not blank."""
    out, following = [0] * len(lines), len(lines)
    for i in range(len(lines) - 1, -1, -1):
        out[i] = following
        if lines[i] and not lines[i].isspace():
            following = i
    return out


def _is_quoted(line: str) -> bool:
    """Quoted by ">" or "|"; ">From" at the start is a mailbox's escape, not a quotation."""
    first = line[:1]
    if first == " ":
        line = line.lstrip()
        first = line[:1]
    if first == ">":
        return not line.startswith(">From ")
    return first == "|" and (len(line) == 1 or (line[1] == " " and line.rstrip()[-1] != "|"))


def _after_quote(lines: list[str], at: int) -> int:
    """Past a quotation: its lines, and the blank ones between them."""
    end = at
    while at < len(lines):
        if _is_quoted(lines[at]):
            end = at + 1
        elif lines[at].strip():
            break
        at += 1
    return end


def _ends_attribution(line: str, quoted_next: bool) -> bool:
    if len(line) > _CLIP:
        return False
    line = line.rstrip()
    if line[-1] in ":：" or line.endswith("---"):
        return not line.startswith(">") or bool(_TAIL.match(line))
    return quoted_next and line[-1] == ">" and not line.startswith(">")


def _attribution(lines: list[str], at: int, quoted_next: bool) -> int:
    """How many lines up to this one say who wrote the quotation and when; 0 if they do not."""
    line = lines[at].strip()
    named = quoted_next and bool(_VERB_LAST.match(line) or _NAMED_LAST.match(line))
    if named and _ends_a_thought(lines, at - 1):
        return 1
    joined = ""
    for span in range(1, min(_LOOK_BACK, at + 1) + 1):
        line = lines[at - span + 1].strip()
        if len(line) + len(joined) > _LONGEST_ATTRIBUTION or (span > 1 and _is_quoted(line)):
            break
        if not line and not joined.startswith("<"):
            break  # a blank line ends it, but for programs that break the line around an address
        joined = f"{line} {joined}".strip()
        if _introduces(joined, quoted_next):
            # A shorter reading may leave "On Monday, Sam" behind: take the line that starts it when it is near.
            return span + _lines_before(lines, at - span, joined)
    return int(named)


def _ends_a_thought(lines: list[str], at: int) -> bool:
    return at < 0 or lines[at].rstrip()[-1:] in ("", ".", "!", "?", "…", ":")


def _introduces(joined: str, quoted_next: bool) -> bool:
    addressed, timed = bool(_ADDRESS.search(joined)), bool(_CLOCK.search(joined))
    if not quoted_next and not timed and not addressed:
        return False
    started, dated = bool(_START.match(joined)), bool(_DATED.search(joined))
    if quoted_next and dated and addressed:
        return True
    if not _VERB.search(joined):
        # "5 окт. 2016 г. в 12:00, Ana <ana@home.example>:" says it without a verb.
        ends = joined[-1] in ":：" and joined[:-1].rstrip()[-1:] in (">", ")")
        return dated and timed and addressed and ends and (started or bool(_DATE_FIRST.match(joined)))
    if (quoted_next and (started or (dated and timed))) or (addressed and joined.startswith("--")):
        return True
    return dated and (addressed or (started and timed)) and joined[-1] in ":：-"


def _lines_before(lines: list[str], at: int, joined: str) -> int:
    if _START.match(joined) or _DATE_BEGINS.match(joined):
        return 0
    nameless = not _ADDRESS.search(joined)
    for back in range(1, 3):
        line = lines[at - back + 1] if at - back + 1 >= 0 else ""
        if not line.strip() or len(line) > _CLIP:
            return 0
        begins = _START.match(line.strip()) and _NUMBER.search(line)
        if (
            begins
            or (_DATE_FIRST.match(line) and _DATED.search(line))
            or (nameless and _ADDRESS.search(line))
        ):
            return back
    return 0


def _opens_history(lines: list[str], at: int, after: int, known: dict[int, str]) -> bool:
    line = lines[at]
    first = line.lstrip(" *")[:1]
    if first in "-_=>#" and first:
        if _SEPARATOR.match(line) or (len(line) < _CLIP and _ABOVE.match(line)):
            return True
        return bool(_RULE.match(line)) and after < len(lines) and _is_header_block(lines, after, known)
    return _is_header_block(lines, at, known) or (
        line.rstrip()[-1:] in ":：" and bool(_FORWARDS.match(line.strip()))
    )


def _is_header_block(lines: list[str], at: int, known: dict[int, str]) -> bool:
    """Outlook's From, Sent, To, Subject above the older message, in any order.

    A place of departure and one of arrival are no sender and receiver: a subject or an address must stand there too.
    """
    if not _kind_of_field(lines, at, known):
        return False
    block = range(at, min(at + _HEADER_LINES, len(lines)))
    kinds = {kind for n in block if (kind := _kind_of_field(lines, n, known))}
    if not kinds >= {"from", "sent"}:
        return False
    if "subject" in kinds:
        return True
    people = (lines[n] for n in block if known[n] in ("from", "to"))
    return "to" in kinds and any(_ADDRESS.search(line) for line in people)


def _kind_of_field(lines: list[str], at: int, known: dict[int, str]) -> str:
    """Which field of a header a line looks like, "" if none; remembered, since blocks overlap."""
    if at not in known:
        head = lines[at][:40]
        found = _FIELD.match(lines[at]) if ":" in head or "：" in head else None
        kind = next((k for k in ("from", "sent", "subject", "to") if found and found[k]), "")
        known[at] = "" if kind == "from" and not found["value"] else kind
    return known[at]


def _without_signature(lines: list[str]) -> list[str]:
    """Without what follows "-- " near the end, a mailing list's footer, and "Sent from my phone"."""
    end = len(lines)
    for back, line in enumerate(reversed(lines[-_SIGNATURE_LINES:]), 1):
        if _SIGNATURE.match(line) or _LIST_FOOTER.match(line):
            end = len(lines) - back
    while end and (not lines[end - 1].strip() or _is_device_line(lines[end - 1])):
        end -= 1
    return lines[:end]


def _is_device_line(line: str) -> bool:
    line = line.strip()
    if len(line) > 160:
        return False
    return any(form.match(line) for form in (_SENT_FROM, _SENT_FROM_ANY, _SENT_FROM_LAST))
