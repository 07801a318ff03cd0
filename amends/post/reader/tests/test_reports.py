"""Reports about our letters: what they say, how they are told from letters of people, and that nothing breaks them."""

import base64
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.post.reader import fields, parts, reports
from amends.post.reader.reading import read

SHARED = Path(__file__).resolve().parents[5] / "shared"
EMAILS, HOSTILE = SHARED / "data" / "emails", SHARED / "hostile"
needs_shared = pytest.mark.skipif(
    not HOSTILE.exists(), reason="the shared corpora are not beside this checkout"
)

OURS = "<o-7.k2f@desk.example>"
COPY = f"From: Desk <help@desk.example>\nTo: ana@home.example\nSubject: Your kettle\nMessage-ID: {OURS}\n\nHello Ana\n"


def mail(body: str, subject: str = "hello", sender: str = "Ana <ana@home.example>", more: str = "") -> bytes:
    head = f"From: {sender}\nTo: help@desk.example\nSubject: {subject}\n{more}\n"
    return (head + body).encode()


def by_daemon(body: str, subject: str = "failure notice", more: str = "Return-Path: <>\n") -> bytes:
    return mail(body, subject, "MAILER-DAEMON@mx.home.example", more)


def part(kind: str, body: str, more: str = "") -> str:
    return f"--edge\nContent-Type: {kind}\n{more}\n{body}\n"


def in_parts(*pieces: str, form: str = "report; report-type=delivery-status", **head) -> bytes:
    more = f"MIME-Version: 1.0\nContent-Type: multipart/{form}; boundary=edge\n"
    return mail("".join(pieces) + "--edge--\n", more=more, **head)


def dsn(*groups: str, kind: str = "message/delivery-status", copy: str = COPY) -> bytes:
    told = part("text/plain", "This is the mail system.")
    status = part(kind, "Reporting-MTA: dns; mx.home.example\n\n" + "\n\n".join(groups) + "\n")
    return in_parts(told, status, part("message/rfc822", copy), sender="MAILER-DAEMON@mx.home.example")


def group(
    address: str = "ana@home.example", action: str = "failed", status: str = "5.1.1", said: str = "550 no"
) -> str:
    said = f"\nDiagnostic-Code: smtp; {said}" if said else ""
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}{said}"


def only(raw: bytes) -> reports.Report:
    found = read(raw)
    assert found.bounce
    assert len(found.reports) == 1, found.reports
    return found.reports[0]


# Standard delivery reports


def test_a_standard_report_names_outcome_address_status_reason_and_letter():
    found = read(dsn(group(said="550 5.1.1 no\n such user")))
    said = reports.Report(
        outcome="failed", address="ana@home.example", status="5.1.1", said="550 5.1.1 no such user"
    )
    assert (found.bounce, found.reports, found.returned) == (True, (said,), OURS)


@pytest.mark.parametrize(
    ("action", "status", "said", "outcome"),
    [
        ("failed", "5.1.1", "550 unknown user", "failed"),
        ("failed", "5.2.2", "552 mailbox full", "temporary"),
        ("failed", "4.2.2", "452 over quota", "temporary"),
        ("failed", "5.0.0", "552 The mailbox of this user is over its quota", "temporary"),
        ("failed", "5.3.4", "552 message size exceeds the limit of this mailbox", "failed"),
        ("failed", "4.4.7", "delivery time expired", "temporary"),
        ("Delayed", "4.4.1", "connection timed out", "delayed"),
        ("delayed", "4.2.2", "452 mailbox full", "delayed"),
        ("delivered", "2.0.0", "250 ok", "delivered"),
        ("relayed", "2.0.0", "", "relayed"),
        ("expanded", "2.0.0", "", "expanded"),
        ("failed (bounced)", "5.7.1", "550 spam", "failed"),
        ("", "5.1.1", "", "failed"),
        ("", "2.1.5", "", "delivered"),
        ("wondered", "", "", ""),
    ],
)
def test_the_outcome_follows_action_status_and_reason(action, status, said, outcome):
    assert only(dsn(group(action=action, status=status, said=said))).outcome == outcome


@pytest.mark.parametrize(
    ("status", "said", "best"),
    [
        ("5.0.0", "550 5.7.1 relaying denied", "5.7.1"),
        ("5.1.1 (no such user)", "550 5.7.1 x", "5.1.1"),
        ("", "421 4.7.0 try later", "4.7.0"),
        ("5.0.0", "421 4.7.0 try later", "5.0.0"),
        ("", "host 192.0.2.55 said: 550 no", "5.0.0"),
        ("", "address 5.1.1.7 is blocked", ""),
        ("none", "no", ""),
    ],
)
def test_the_status_is_the_code_that_says_most(status, said, best):
    assert only(dsn(group(status=status, said=said))).status == best


def test_the_address_is_the_one_we_wrote_to():
    forwarded = "Original-Recipient: rfc822;ana@home.example\n" + group("moved@far.example")
    assert only(dsn(forwarded)).address == "ana@home.example"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("rfc822; <ANA@Home.Example>", "ana@home.example"),
        ("RFC822;ana@home.example (Ana)", "ana@home.example"),
        ("ana@home.example", "ana@home.example"),
        ("utf-8; j\\x{F6}rg@home.example", "jörg@home.example"),
        ("utf-8; jörg@home.example", "jörg@home.example"),
        ("utf-8; a\\x{D800}\\x{110000}\\x{0A}@home.example", "a@home.example"),
        ("x400; /C=DE/O=home", ""),
        ("rfc822; @mx.home.example", ""),
        ("rfc822; two@home.example words", ""),
    ],
)
def test_an_address_is_exact_or_none(typed, address):
    text = f"Final-Recipient: {typed}\nAction: failed\nStatus: 5.1.1"
    assert only(dsn(text, kind="message/global-delivery-status")).address == address


def test_every_receiver_is_told_and_each_once():
    found = read(dsn(group("a@x.example"), group("b@x.example", "delivered", "2.0.0"), group("A@x.example")))
    assert [(r.address, r.outcome) for r in found.reports] == [
        ("a@x.example", "failed"),
        ("b@x.example", "delivered"),
    ]


def test_parts_in_base64_are_read_like_plain_ones():
    coded = "Content-Transfer-Encoding: base64\n"
    status = base64.encodebytes(("Reporting-MTA: dns; x\n\n" + group()).encode()).decode()
    copy = base64.encodebytes(COPY.encode()).decode()
    raw = in_parts(part("message/delivery-status", status, coded), part("message/rfc822", copy, coded))
    found = read(raw)
    assert (found.reports[0].address, found.returned) == ("ana@home.example", OURS)


def test_headers_alone_name_the_letter_that_came_back():
    raw = in_parts(
        part("message/delivery-status", group()), part("text/rfc822-headers", COPY.partition("\n\n")[0])
    )
    assert read(raw).returned == OURS


def test_a_report_inside_another_wrapping_is_found_when_a_postmaster_sends_it():
    inner = 'Content-Type: multipart/report; report-type=delivery-status; boundary="in"\n\n--in\n'
    inner += f"Content-Type: message/delivery-status\n\n{group()}\n--in--\n"
    raw = in_parts(
        f"--edge\n{inner}", form="mixed", sender="Postmaster@home.example", subject="DELIVERY FAILURE: x"
    )
    assert (read(raw).bounce, read(raw).reports[0].status) == (True, "5.1.1")


def test_a_torn_report_still_tells_by_its_fields():
    raw = dsn(group()).replace(b"boundary=edge", b"boundary=other")
    assert only(raw).address == "ana@home.example"
    assert read(raw[: raw.index(b"Status:")]).reports[0].address == "ana@home.example"


def test_an_id_in_angle_brackets_with_a_space_is_no_id():
    assert read(dsn(group(), copy="Message-ID: two words\n\nx")).returned == ""


def test_an_address_is_blamed_only_for_what_is_wrong_with_it():
    assert only(dsn(group(status="5.1.1"))).blames_address
    assert only(dsn(group(status="5.4.4", said="host not found"))).blames_address
    for action, status, said in (
        ("failed", "5.7.1", "550 spam"),
        ("failed", "5.1.8", "553 domain of sender address does not exist"),
        ("failed", "5.2.2", "full"),
        ("delayed", "4.1.1", "user unknown"),
    ):
        assert not only(dsn(group(action=action, status=status, said=said))).blames_address


# Reports in words, as many systems write them


WORDS = {
    "qmail": (
        by_daemon(
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
            f"<ana@home.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{COPY}"
        ),
        ("failed", "5.1.1", OURS),
    ),
    "exim": (
        mail(
            "This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n"
            "  ana@home.example\n    SMTP error from remote mail server after RCPT TO:<ana@home.example>:\n"
            "    host mx.home.example [192.0.2.3]: 550 5.1.1 User unknown\n\n"
            f"------ This is a copy of the message, including all the headers. ------\n\n{COPY}",
            "Mail delivery failed: returning message to sender",
            "Mail Delivery System <Mailer-Daemon@mx.example>",
            "X-Failed-Recipients: ana@home.example\nAuto-Submitted: auto-replied\n",
        ),
        ("failed", "5.1.1", OURS),
    ),
    "exim waits": (
        by_daemon(
            "A message that you sent has not yet been delivered to one or more of its recipients after 24 hours.\n\n"
            "  ana@home.example\n    Delay reason: Connection timed out\n\nDelivery attempts will continue.\n",
            "Warning: message 1abc-2 delayed 24 hours",
        ),
        ("delayed", "", ""),
    ),
    "sendmail": (
        by_daemon(
            "   ----- The following addresses had permanent fatal errors -----\n<ana@home.example>\n\n"
            "   ----- Transcript of session follows -----\n... while talking to mx.home.example.:\n"
            f">>> RCPT To:<ana@home.example>\n<<< 550 Mailbox unavailable\n550 5.1.1 <ana@home.example>... User unknown\n\n"
            f"   ----- Original message follows -----\n\n{COPY}",
            "Returned mail: User unknown",
        ),
        ("failed", "5.1.1", OURS),
    ),
    "postfix": (
        by_daemon(
            "I'm sorry to have to inform you that your message could not be delivered.\n\n"
            "<ana@home.example>: host mx.home.example[192.0.2.3] said: 552 5.2.2\n    Mailbox full (in reply to RCPT TO command)\n",
            "Undelivered Mail Returned to Sender",
        ),
        ("temporary", "5.2.2", ""),
    ),
    "gmail": (
        by_daemon(
            "Delivery to the following recipient failed permanently:\n\n     ana@home.example\n\n"
            "Technical details of permanent failure: \nDNS Error: Domain name not found\n\n"
            f"----- Original message -----\n\n{COPY}",
            "Delivery Status Notification (Failure)",
            "Return-Path: <>\nX-Failed-Recipients: ana@home.example\n",
        ),
        ("failed", "", OURS),
    ),
    "exchange 5.5": (
        mail(
            "Your message\n\n  To:      ana@home.example\n  Subject: Your kettle\n\ndid not reach the following recipient(s):\n\n"
            "ana@home.example on Tue, 3 Jun 2025 09:00:00 +0200\n    The recipient name is not recognized\n"
            "    The MTS-ID of the original message is: c=DE\n    <exchange.home.example #5.1.1>\n",
            "Undeliverable: Your kettle",
            "System Administrator <postmaster@home.example>",
            "Return-Path: <>\n",
        ),
        ("failed", "5.1.1", ""),
    ),
    "domino": (
        mail(
            "Your message\n\n  Subject: Your kettle\n\nwas not delivered to:\n\n  ana@home.example\n\nbecause:\n\n  User ana not listed in Domino Directory\n",
            "DELIVERY FAILURE: User ana not listed in Domino Directory",
            "Postmaster@home.example",
            "Return-Path: <>\n",
        ),
        ("failed", "", ""),
    ),
    "german": (
        mail(
            "Ihre Nachricht konnte nicht zugestellt werden.\n\nana@home.example\n550 5.2.2 Das Postfach ist voll\n\n"
            f"----- Originalnachricht -----\n{COPY}",
            "Unzustellbar: Your kettle",
            "Mailsystem <postmaster@home.example>",
            "Auto-Submitted: auto-replied\n",
        ),
        ("temporary", "5.2.2", OURS),
    ),
    "japanese": (
        mail(
            "メールを配信できませんでした。\n\n<ana@home.example>\n550 5.1.1 宛先不明\n",
            "=?utf-8?b?44Oh44O844Or44KS6YWN5L+h44Gn44GN44G+44Gb44KT?=",
            "postmaster@home.example",
            "Return-Path: <>\n",
        ),
        ("failed", "5.1.1", ""),
    ),
    "chinese": (
        mail(
            "您的邮件无法投递。\n\nana@home.example\n收件人邮箱已满 (#5.2.2)\n",
            "系统退信",
            "PostMaster <postmaster@home.example>",
            "Auto-Submitted: auto-replied\n",
        ),
        ("temporary", "5.2.2", ""),
    ),
    "a loose sentence": (
        mail(
            f"Delivery failed 10 attempts: ana@home.example\n\nOriginal message follows.\n\n{COPY}",
            "Undeliverable Mail",
            "Postmaster <postmaster@home.example>",
        ),
        ("failed", "", OURS),
    ),
}


@pytest.mark.parametrize("system", WORDS)
def test_a_report_in_words_tells_the_same_as_one_with_fields(system):
    raw, (outcome, status, returned) = WORDS[system]
    report = only(raw)
    assert (report.outcome, report.address, report.status) == (outcome, "ana@home.example", status)
    assert read(raw).returned == returned
    assert report.said


def test_our_own_address_in_a_report_is_not_the_one_that_failed():
    body = "Hello help@desk.example,\n\nyour mail to ana@home.example could not be delivered: 550 5.1.1\n"
    assert only(by_daemon(body)).address == "ana@home.example"


def test_a_report_that_names_nobody_says_so():
    assert only(by_daemon("Something went wrong.\n")) == reports.Report(
        outcome="", address="", status="", said="Something went wrong."
    )


def notice(happened: dict, more: str = "x-amz-sns-message-id: 1\n", **around) -> bytes:
    ours = {"headers": [{"name": "Message-ID", "value": OURS}], "messageId": "0100-provider"}
    told = json.dumps({"mail": ours, **happened})
    told = json.dumps({"Type": "Notification", "Message": told}) if around.get("wrapped") else told
    return mail(
        told + "\n\n--\nIf you wish to stop { these }",
        "AWS Notification Message",
        "no-reply@sns.example",
        more,
    )


def bounced(kind: str) -> dict:
    receiver = {
        "emailAddress": "ana@home.example",
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550",
    }
    return {"notificationType": "Bounce", "bounce": {"bounceType": kind, "bouncedRecipients": [receiver]}}


def test_a_notice_in_json_is_a_report_only_from_its_provider():
    found = read(notice(bounced("Permanent")))
    assert (found.bounce, found.returned) == (True, OURS)
    assert (found.reports[0].outcome, found.reports[0].status) == ("failed", "5.1.1")
    assert only(notice(bounced("Transient"), wrapped=True)).outcome == "temporary"
    arrived = {
        "eventType": "Delivery",
        "delivery": {"recipients": ["ana@home.example"], "smtpResponse": "250 ok"},
    }
    assert only(notice(arrived)).outcome == "delivered"
    assert not read(notice(bounced("Permanent"), more="")).bounce


def test_a_complaint_in_json_is_an_abuse_report():
    told = {"complainedRecipients": [{"emailAddress": "ana@home.example"}], "complaintFeedbackType": "abuse"}
    found = read(notice({"notificationType": "Complaint", "complaint": told}))
    assert (found.automatic, found.bounce, found.reports[0].address) == (
        "abuse-report",
        False,
        "ana@home.example",
    )


@pytest.mark.parametrize(
    "torn", ['{"a":' * 5000, "{", "", "[]", '{"notificationType": 7}', '{"mail": {"headers": 3}}']
)
def test_torn_json_is_no_report(torn):
    found = read(mail(torn, more="x-amz-sns-message-id: 1\n"))
    assert (found.bounce, found.reports) == (False, ())


# Read receipts and complaints to a mail provider


def test_a_read_receipt_tells_that_a_letter_arrived():
    told = f"Final-Recipient: rfc822; ana@home.example\nOriginal-Message-ID: {OURS}\n"
    told += "Disposition: manual-action/MDN-sent-manually; displayed"
    raw = in_parts(
        part("text/plain", "read"),
        part("message/disposition-notification", told),
        form="report; report-type=disposition-notification",
    )
    found = read(raw)
    assert (found.automatic, found.bounce, found.returned) == ("read-receipt", False, OURS)
    assert (found.reports[0].outcome, found.reports[0].address) == ("delivered", "ana@home.example")


def test_a_standard_abuse_report_names_our_letter_and_its_receiver():
    told = "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\nOriginal-Rcpt-To: <ana@home.example>"
    raw = in_parts(
        part("message/feedback-report", told),
        part("message/rfc822", COPY),
        form="report; report-type=feedback-report",
        sender="fbl@isp.example",
    )
    found = read(raw)
    assert (found.automatic, found.bounce, found.returned) == ("abuse-report", False, OURS)
    assert found.reports == (reports.Report(outcome="", address="ana@home.example", status="", said="abuse"),)


def test_an_abuse_report_of_the_older_kind_is_known_by_sender_and_subject():
    copy = part("message/rfc822", "X-HmXmrOriginalRecipient: ana@home.example\n" + COPY)
    raw = in_parts(
        copy, form="mixed", sender="staff@hotmail.com", subject="complaint about message from 192.0.2.7"
    )
    found = read(raw)
    assert (found.automatic, found.bounce, found.reports[0].address) == (
        "abuse-report",
        False,
        "ana@home.example",
    )
    person = in_parts(copy, form="mixed", subject="complaint about message from 192.0.2.7")
    assert read(person).automatic == ""


# Machines that answer


@pytest.mark.parametrize(
    "more",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: auto-generated (vacation)\n",
        "Precedence: auto_reply\n",
        "X-Autorespond: yes\n",
        "X-Auto-Reply: 1\n",
        "X-Autoresponse: true\n",
        "X-Apple-Action: VACATION\n",
        "X-FC-MachineGenerated: true\n",
        "X-POST-MessageClass: 9; Autoresponder\n",
        "Delivered-To: Autoresponder\n",
        "X-Auto-Response-Suppress: All\nX-MS-Exchange-Inbox-Rules-Loop: ana@home.example\n",
    ],
)
def test_an_answer_of_a_program_is_known_by_its_fields_and_is_no_bounce(more):
    found = read(
        mail("I am away. Your message could not be delivered to me.", "Undeliverable: I am away", more=more)
    )
    assert found.automatic
    assert (found.bounce, found.reports) == (False, ())


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Your kettle",
        "Auto Response: Your kettle",
        "[Auto-Reply] Your kettle",
        "Automatische Antwort: Ihr Kessel",
        "Réponse automatique : Votre bouilloire",
        "Respuesta automática: Su tetera",
        "Risposta automatica: bollitore",
        "Resposta automática: chaleira",
        "Automatisch antwoord: ketel",
        "Odpowiedź automatyczna: czajnik",
        "Automatiskt svar: kittel",
        "Automatická odpověď: konvice",
        "Automatikus válasz: vízforraló",
        "Автоматический ответ: чайник",
        "Otomatik yanıt: su ısıtıcısı",
        "自动答复: 水壶",
        "自動応答：やかん",
        "자동 회신: 주전자",
    ],
)
def test_an_absence_is_known_by_the_words_of_many_languages(subject):
    assert read(mail("x", subject)).automatic == "out-of-office"


@pytest.mark.parametrize(
    "subject",
    [
        "AUTO: Ana Archer is out of the office (returning 06/10/2025)",
        "Nieobecność: czajnik",
        "Ausente: tetera",
    ],
)
def test_words_of_absence_that_people_use_count_only_in_an_answer(subject):
    assert read(mail("x", subject, more=f"In-Reply-To: {OURS}\n")).automatic == "out-of-office"
    if not subject.startswith("AUTO"):
        assert read(mail("x", subject)).automatic == ""


def test_a_challenge_is_known_by_its_subject_and_its_link():
    asks = "I receive too much spam. Please click https://x.example/1 so that your mail is allowed through."
    assert read(mail(asks, "Please confirm your message")).automatic == "challenge"
    assert (
        read(mail("You wrote on Monday that you would refund me.", "Please confirm your message")).automatic
        == ""
    )


# People


SUBJECTS = [
    "Delivery failed",
    "Delivery failure: parcel 4711, 550 5.1.1 on the door",
    "Undeliverable: my parcel came back to you",
    "Returned mail: I sent the kettle back",
    "failure notice",
    "Unzustellbar: mein Paket",
    "Non remis: mon colis",
    "Mancata consegna del pacco",
    "Não entregue: encomenda",
    "Onbestelbaar: pakket",
    "Niedostarczona paczka",
    "Не доставлено: посылка",
    "荷物が配達できません",
    "包裹无法送达",
    "Fwd: Undelivered Mail Returned to Sender",
    "Re: Mail delivery failed: returning message to sender",
    "Abuse report: your driver",
    "complaint about message from your driver",
    "Read: my letter, please",
    "Auto: Kratzer im Lack",
    "Urlaub: mein Koffer fehlt",
    "Please confirm your email about the refund",
    "Out of office chairs - delivery damaged",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_letter_of_a_person_is_never_a_machines_whatever_its_subject(subject):
    body = (
        "Your message could not be delivered to ana@home.example. This is a permanent error 550 5.1.1.\n"
        "That is what your courier wrote to me! My parcel was not delivered.\n\n"
        f"----- Original message -----\n{COPY}"
    )
    for sender in (
        "Ana <ana@home.example>",
        "Mail Boxes Shop <shop@home.example>",
        "Ana Daemon <demon@home.example>",
    ):
        found = read(mail(body, subject, sender))
        assert (found.bounce, found.automatic, found.reports, found.returned) == (False, "", (), "")


@pytest.mark.parametrize(
    "sender",
    ["postmaster@home.example", "noreply@forms.example", "admin@home.example", "System <system@x.example>"],
)
def test_an_office_that_passes_a_complaint_on_sends_no_bounce(sender):
    body = "My parcel was not delivered and the courier is rude. Reach me at ana@home.example or 0450 55."
    assert not read(mail(body, "Delivery failed", sender)).bounce
    assert not read(mail(body, "The kettle", sender)).bounce


def test_a_person_who_attaches_reports_is_still_a_person():
    for inner in (
        part("message/delivery-status", group()),
        part("message/feedback-report", "Feedback-Type: abuse"),
    ):
        raw = in_parts(
            part("text/plain", "I got this, what is it?"), inner, part("message/rfc822", COPY), form="mixed"
        )
        assert (read(raw).bounce, read(raw).automatic, read(raw).reports) == (False, "", ())


# Hostile reports


def test_markup_and_turned_writing_in_a_reason_stay_one_clean_line():
    said = only(
        dsn(group(said="550 <script>alert(1)</script>\x1b[31m \u202egnp.exe\r\n\tBcc: x@y.example"))
    ).said
    assert "<script>" in said  # text, to be escaped wherever it is shown
    assert all(c.isprintable() for c in said)
    assert len(only(dsn(group(said="550 " + "x" * 5000))).said) <= 300


@pytest.mark.parametrize(
    "build",
    [
        lambda n: dsn(*(group(f"a{i}@x.example") for i in range(n))),
        lambda n: dsn(*(group("", "", "", "") for _ in range(n))),
        lambda n: by_daemon("\n\n".join(f"<a{i}@x.example>:\n550 5.1.1 no" for i in range(n))),
        lambda n: by_daemon(
            "x", more="X-Failed-Recipients: " + ", ".join(f"a{i}@x.example" for i in range(n)) + "\n"
        ),
        lambda n: by_daemon("a@" * n * 10),
        lambda n: by_daemon("user " * n * 10),
        lambda n: by_daemon("-" * n * 10 + "\n" + "- \n" * n * 5),
        lambda n: by_daemon("Message-ID: <" * n * 5),
        lambda n: by_daemon("could not be deliver " * n * 5, "Undeliverable " * n),
        lambda n: mail("x " * n, "confirm antispam " * n + "x"),
        lambda n: dsn(group(said="5." * n * 10)),
        lambda n: dsn(group(said="exceeds " * n * 5)),
        lambda n: mail('{"a":' * n, more="x-amz-sns-message-id: 1\n"),
    ],
)
def test_ten_thousand_of_anything_take_less_than_a_second(build):
    raw = build(10_000)
    started = time.process_time()
    found = read(raw)
    assert time.process_time() - started < 1
    assert len(found.reports) <= reports.MOST
    assert not any("stumbled" in defect for defect in found.defects)


PIECES = [
    "\n",
    "\n\n",
    ": ",
    "Final-Recipient: rfc822;",
    "Action: failed",
    "Status: 5.",
    "a@b.example",
    "<",
    ">",
    "--edge\n",
]
PIECES += [
    "Message-ID: ",
    "Content-Type: message/delivery-status\n",
    "\\x{",
    "}",
    ";",
    "\x00",
    "550 ",
    "é",
    "{",
    '"',
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=40),
    st.sampled_from(sorted(set(reports.KINDS.values()))),
)
def test_any_report_at_all_is_read_into_clean_values(pieces, kind):
    body = "".join(pieces).encode("utf-8", "replace")
    for raw in (
        dsn(group()) + body,
        dsn(group()).replace(b"Action", body),
        by_daemon("").rstrip() + b"\n\n" + body,
    ):
        found = read(raw)
        assert not any("stumbled" in defect for defect in found.defects)
        is_clean(found)
    header, _, at = fields.read_header(body, 0, len(body))
    try:
        leaves, _ = parts.leaves(body, header, at)
    except parts.TooMuch:
        leaves = []
    reports.reports(kind, header, leaves, body.decode("utf-8", "replace"))
    reports.returned_id(header, leaves, body.decode("utf-8", "replace"))


def is_clean(found) -> None:
    for report in found.reports:
        assert report.outcome in ("", "failed", "temporary", "delayed", "relayed", "delivered", "expanded")
        assert len(report.said) <= 300
        assert all(c >= " " for c in report.said + report.address + report.status)
    assert not found.returned or (found.returned[0], found.returned[-1]) == ("<", ">")
    json.dumps([found.returned, [(r.address, r.said) for r in found.reports]]).encode()


# The shared corpora

# Codes that the labels make up where the report names none ("5.0.9xx" is no code of any standard).
STATUS_MISSES = {
    "lhost-exim-41.eml": "made up; the report says 450, read as 4.0.0",
    "lhost-gmail-10.eml": "made up; the report names no code",
    "lhost-notes-01.eml": "made up; the report names no code",
    "lhost-postfix-64.eml": "made up; the report says nothing of any receiver",
    "lhost-sendmail-56.eml": "the status field says 5.5.0; the label is from one of seven servers in the transcript",
}
BLAME_MISSES = {
    "lhost-postfix-01.eml": "5.1.1 and 'No such user', labelled as a fault of the mail program",
    "lhost-sendmail-40.eml": "'Unknown user' at the end of the data, labelled as filtered",
}


@needs_shared
def test_real_reports_are_recognised_and_say_what_their_labels_say():
    kinds, statuses, blamed, bounces = {}, set(), set(), 0
    labels = json.loads((EMAILS / "sisimai-expected.json").read_text(encoding="utf-8"))
    for label in labels:
        path, expected = EMAILS / label["file"], label["expected"]
        found, reason = read(path.read_bytes()), expected[0]["reason"]
        want = {"vacation": "answer", "feedback": "abuse-report"}.get(reason, "bounce")
        got = "bounce" if found.bounce else found.automatic
        if got != want and not (want == "answer" and got not in ("", "bounce", "abuse-report")):
            kinds[path.name] = got
        if want != "bounce":
            continue
        bounces += 1
        first = found.reports[0]
        statuses |= {path.name} if first.status != expected[0]["dsn"] else set()
        blamed |= {path.name} if first.blames_address != bool(expected[0]["hard_bounce"]) else set()
        assert first.outcome == "failed" or not expected[0]["hard_bounce"], path.name
        assert first.outcome in ("temporary", "delayed") or reason != "mailboxfull", path.name
    print(
        f"\nreports: kind {len(labels) - len(kinds)} of {len(labels)}, status {bounces - len(statuses)} of {bounces}"
    )
    assert (kinds, statuses, blamed) == ({}, set(STATUS_MISSES), set(BLAME_MISSES))


REPORTS_IN = {
    "flanker-bounce": "bounce",
    "mail-gem-multipart-report": "bounce",
    "flanker-complaint": "abuse-report",
}
# Reports all the same, among letters for other tests.
REPORTS_AMONG = {
    "disposition-notification.eml",
    "raw_email_with_mimepart_without_content_type.eml",
    "badbound.msg",
}


@needs_shared
def test_folders_of_reports_and_folders_of_letters_are_told_apart():
    wrong = set()
    letters = [d for d in EMAILS.iterdir() if d.name.startswith(("spamassassin", "flanker-mess", "mail-gem"))]
    for folder in [*letters, EMAILS / "mime4j", *(EMAILS / name for name in REPORTS_IN)]:
        for path in folder.iterdir():
            found = read(path.read_bytes())
            got, want = "bounce" if found.bounce else found.automatic, REPORTS_IN.get(folder.name)
            by_machine = got not in ("", "list", "bulk")
            if got != want if want else by_machine != (path.name in REPORTS_AMONG):
                wrong.add((path.name, got))
    assert not wrong


@needs_shared
def test_hostile_reports_say_what_their_manifest_says():
    for item in json.loads((HOSTILE / "manifest.json").read_text(encoding="ascii"))["files"]:
        found = read((HOSTILE / item["file"]).read_bytes(), envelope_from=item["envelope"]["mail_from"])
        is_clean(found)
        if item["disposition"] == "bounce_record":
            assert found.bounce, item["file"]
            assert found.reports, item["file"]
        elif item["disposition"] in ("new_case", "append_to_case"):
            assert (found.bounce, found.reports, found.returned) == (False, (), ""), item["file"]
