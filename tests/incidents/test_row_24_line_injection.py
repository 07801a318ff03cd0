"""Row 24. SMTP smuggling, STARTTLS and IMAP injection, line breaks in subjects, names and addresses of outgoing mail.

Every outgoing header passes one encoder that refuses control characters; a line ends at CR LF and nowhere else; what is
typed never becomes a command.
"""

import contextlib
import email
import smtplib
import socket as sockets
from email.policy import SMTP

import pytest

from amends.casework import db, shown
from amends.casework.acts import intake
from amends.post import box, handover, imap, ours
from amends.post.writing import Outgoing, written
from amends.rules import correspondence
from tests.incidents.letterbox import Sent, comes, leave, letter
from tests.pages import Browser, case_path

TRICK = "Bcc: eve@evil.example"
BREAKS = {
    "CR LF": "\r\n", "LF": "\n", "CR": "\r", "LF CR": "\n\r", "a form feed": "\f", "a vertical tab": "\v",
    "next line": "\x85", "a line separator": "\u2028", "a paragraph separator": "\u2029", "NUL": "\0",
    "file separator": "\x1c", "an encoded break": "=?utf-8?q?=0d=0a?=", "an encoded break in base64": "=?utf-8?b?DQo=?=",
}  # fmt: skip


def _fields(raw: bytes) -> list[tuple[str, str]]:
    """The header as mail servers see it: lines that end in CR LF."""
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"\n" not in head.replace(b"\r\n", b"") and b"\r" not in head.replace(b"\r\n", b"")
    return [(name.lower(), value) for name, value in email.message_from_bytes(raw, policy=SMTP).items()]


def _is_safe(raw: bytes) -> None:
    names = [name for name, _ in _fields(raw)]
    assert "bcc" not in names and "x-evil" not in names
    assert len([name for name in names if name in ("to", "from", "subject", "message-id")]) == 4
    assert raw.startswith(b"From: ")


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_in_a_customers_name_or_subject_adds_no_header_to_our_letters(desk, name):
    breaks = f"Ana{BREAKS[name]}{TRICK}{BREAKS[name]}{BREAKS[name]}Buy this"
    desk.received(name=breaks, subject=breaks, words=breaks, sought=breaks)
    desk.do(desk.sam, correspondence.write, words=f"Dear Ana,{BREAKS[name]}{TRICK}", subject=breaks)
    sent = leave(desk.now)
    assert len(sent.letters) == 2
    for outgoing in sent.letters:
        _is_safe(outgoing.message)


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_in_a_letters_header_adds_none_to_our_answer(desk, name):
    trick = f"{BREAKS[name]}{TRICK}"
    raw = letter(
        "It leaks.",
        From=f'"Ana{trick}" <ana@whitlock.example>',
        Subject=f"Roof{trick}",
        Message_ID=f"<a{trick}@x>",
    )
    filed = comes(desk, raw)
    if filed.disposition == "new_case":
        desk.do(desk.sam, correspondence.write, case=filed.case, words="The crew is at the yard.")
    for outgoing in leave(desk.now).letters:
        _is_safe(outgoing.message)
        assert outgoing.to == "ana@whitlock.example"


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_in_a_files_name_adds_no_header_and_no_part(desk, name):
    from amends.casework import files

    desk.received()
    file = files.keep(
        b"data", f'a"{BREAKS[name]}Content-Type: text/html{BREAKS[name]}{BREAKS[name]}<script>', "text/plain"
    )
    desk.do(
        desk.sam, correspondence.write, words="The sheet is enclosed, with the lot marked.", files=(file,)
    )
    message = email.message_from_bytes(leave(desk.now).letters[-1].message, policy=SMTP)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/mixed", "text/plain", "text/plain"]


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_in_the_name_of_somebody_here_adds_no_header(desk, name):
    sam = Browser(desk.sam)
    sam.post("/me/", name=f"Sam{BREAKS[name]}{TRICK}")
    assert sam.answer.status_code < 500
    desk.received()
    desk.do(desk.sam, correspondence.write, words="The crew is at the yard.")
    for outgoing in leave(desk.now).letters:
        _is_safe(outgoing.message)


@pytest.mark.parametrize("field", ["subject", "message_id", "reply_to", "answers", "writer"])
def test_the_encoder_itself_lets_no_break_through_in_any_field(desk, field):
    given = {
        "to": ("Ana", "ana@whitlock.example"), "subject": "x", "body": "x", "message_id": "<a@x>", "at": desk.now,
        "reply_to": "", "answers": "", "writer": "",
    }  # fmt: skip
    for breaks in BREAKS.values():
        try:
            raw = written(**{**given, field: f"<a@x>{breaks}{TRICK}"})
        except ValueError:
            continue  # refused, and said on the case
        assert "bcc" not in [name for name, _ in _fields(raw)]


ADDRESSES = ["ana@whitlock.example>\r\nRCPT TO:<eve@evil.example", "ana@whitlock.example\nDATA", "ana@x.example> SIZE=1 <",
             "<>", "ana@whitlock.example\r\n.\r\n", "ana @x.example", "a\0na@x.example"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_holds_a_command_is_not_taken_down(desk, address):
    with pytest.raises(Exception) as no:
        intake.must_be_reachable(address)
    assert type(no.value).__name__ == "Refused"
    browser = Browser()
    browser.post("/complain/", words="It leaks.", name="Ana", reach=address.replace("\0", "\x01"))
    assert browser.answer.status_code == 422 and desk.drawn("cases") == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_command_leaves_us_that_an_address_has_brought(relay, address):
    with contextlib.suppress(smtplib.SMTPException, ValueError, UnicodeError, OSError, handover.NotNow):
        handover.road()(Outgoing(address, b"Subject: x\r\n\r\nhello", "complaints@localhost"))
    assert not any("evil" in line for line in relay.lines if line.upper().startswith("RCPT TO:<EVE"))
    assert sum(line.upper().startswith("RCPT") for line in relay.lines) <= 1
    assert sum(line.upper() == "DATA" for line in relay.lines) <= 1


def test_a_dot_alone_in_our_words_does_not_end_the_letter(desk, relay):
    desk.received()
    desk.do(
        desk.sam,
        correspondence.write,
        words="Dear Ana\n.\nMAIL FROM:<eve@evil.example>\n.\r\n.\nRCPT TO:<x@y>",
    )
    from amends.post import outbox

    outbox.send_owed(desk.now)
    assert (
        sum(line.upper().startswith("MAIL FROM") for line in relay.lines) == 2
    )  # the receipt and the letter
    assert {state for (state,) in db.rows("select state from owed")} == {"handed_over"}


# What comes -------------------------------------------------------------------------------------------------------

ENDS_OF_OTHERS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\0.\r\n", b"\n\r\n.\n"]


HIDDEN = b"MAIL FROM:<ceo@bank.example>\r\nRCPT TO:<complaints@localhost>\r\nDATA\r\nFrom: ceo@bank.example\r\n\r\nx"


def _told(kind, where, hello: bytes, raw: bytes) -> bytes:
    """What the listener answers to a letter that is sent byte for byte."""
    with sockets.socket(kind, sockets.SOCK_STREAM) as line, line.makefile("rb") as told:
        line.settimeout(10)
        line.connect(where)
        told.readline()
        for sent in (hello, b"MAIL FROM:<ana@whitlock.example>", b"RCPT TO:<complaints@localhost>", b"DATA"):
            line.sendall(sent + b"\r\n")
            while told.readline()[3:4] == b"-":
                pass
        line.sendall(raw + b"\r\n.\r\n")
        return told.readline()


@pytest.mark.parametrize("road", ["lmtp", "smtp"])
def test_no_second_letter_hides_inside_a_first(listeners, road):
    desk, socket, smtp = listeners
    kind, where = (sockets.AF_UNIX, str(socket)) if road == "lmtp" else (sockets.AF_INET, smtp)
    for end in ENDS_OF_OTHERS:
        raw = letter("First.") + end + HIDDEN
        assert _told(kind, where, b"LHLO x" if road == "lmtp" else b"EHLO x", raw).startswith(b"250"), end
    came = box.waiting(50)
    assert len(came) == len(ENDS_OF_OTHERS)
    assert all(one.sender == "ana@whitlock.example" and b"ceo@bank.example" in one.raw for one in came)


def test_the_listeners_offer_no_starttls_that_could_be_injected_into(listeners):
    _, socket, (host, port) = listeners
    with smtplib.SMTP(host, port) as server:
        server.ehlo()
        assert "starttls" not in server.esmtp_features and "auth" not in server.esmtp_features
        assert server.docmd("STARTTLS")[0] >= 450
    with smtplib.LMTP(str(socket)) as server:
        server.ehlo_or_helo_if_needed()
        assert server.docmd("STARTTLS")[0] >= 450


@pytest.mark.parametrize("field", ["folder", "user", "password", "address"])
def test_what_is_typed_for_a_mailbox_never_becomes_a_command_to_its_server(desk, mailbox, field):
    server, browser = mailbox(letter("One.")), Browser(desk.ines)
    asked = {"host": "127.0.0.1", "port": str(server.port), "security": "none", "user": "desk", "password": "geheim", "folder": "INBOX", "way": "password"}  # fmt: skip
    for name in ("CR LF", "LF", "CR", "NUL"):
        trick = f"INBOX{BREAKS[name]}x9 DELETE INBOX{BREAKS[name]}x8 EXPUNGE"
        browser.post("/roads/connect/", page="/roads/", **{**asked, field: trick})
        assert browser.answer.status_code < 500, name
    spoken = {command.line.split()[0].strip('"').upper() for command in server.commands if command.line}
    assert not {"DELETE", "EXPUNGE"} & spoken


def test_a_mailboxes_folder_with_a_quote_stays_one_word(desk, mailbox):
    server = mailbox(letter("One."))
    imap.fetch(server.connected(folder='IN"BOX (x'), desk.now)
    (selected,) = [c.line for c in server.commands if c.word == "SELECT"]
    assert selected == r'SELECT "IN\"BOX (x"'


# What is downloaded -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_in_a_files_name_adds_no_header_to_its_download(desk, name):
    named = f"a{BREAKS[name]}Set-Cookie: amends=evil".replace(
        "\r\n", "\r\n "
    )  # folded, else it is another field
    filed = comes(desk, letter("See.", files=[(named, "text/plain", b"x")]))
    desk.case = filed.case
    assert len(shown.load(desk.case).lines[0].entry.files) == 1
    answer = Browser(desk.sam).get(f"{case_path(desk)}files/1/0/")
    assert answer.status_code == 200 and "evil" not in str(answer.cookies)
    assert not any("\r" in value or "\n" in value for value in answer.headers.values())


CODED_BREAK = "=?utf-8?q?=0d=0aReply-To:_eve=40evil.example=0d=0aContent-Type:_text/html=0d=0a=0d=0a=3Cb=3EPay_here=3C/b=3E?="


@pytest.mark.parametrize("field", ["Message_ID", "Subject", "From", "In_Reply_To", "References"])
def test_an_encoded_break_in_a_forged_complaint_writes_nothing_into_our_answer_to_the_real_customer(
    desk, field
):
    """Eve complains in Ana's name; Sam answers; Ana gets a letter of ours, and nothing of Eve's in it."""
    value = {
        "Message_ID": f"<a{CODED_BREAK}@x.example>",
        "Subject": f"Roof {CODED_BREAK}",
        "From": f"{CODED_BREAK} <ana@whitlock.example>",
        "In_Reply_To": f"<a{CODED_BREAK}@x.example>",
        "References": f"<a{CODED_BREAK}@x.example>",
    }[field]
    filed = comes(desk, letter("It leaks.", **{field: value}))
    desk.do(desk.sam, correspondence.write, case=filed.case, words="We come on Friday.")
    outgoing = leave(desk.now).letters[-1]
    message = email.message_from_bytes(outgoing.message)
    assert outgoing.to == "ana@whitlock.example"
    assert message.get_all("Reply-To") == [ours.reply_address(filed.case, desk.state(filed.case).customer)]
    assert message.get_all("Content-Type") == ['text/plain; charset="utf-8"']
    assert message.get_payload().startswith("We come on Friday.")


def test_what_left_is_what_another_program_reads(desk):
    """The very letters: one From, one To, one Subject, in an order nobody wrote into them."""
    desk.received(
        name='Ana "\\" <eve@evil.example>, Bo', subject="Re: =?utf-8?q?=0D=0ABcc:_eve=40evil.example?="
    )
    sent: Sent = leave(desk.now)
    message = email.message_from_bytes(sent.letters[0].message, policy=SMTP)
    assert [address.addr_spec for address in message["To"].addresses] == ["ana@whitlock.example"]
    assert message["Bcc"] is None
