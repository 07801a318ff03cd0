"""Row 18. Request Tracker believed its own internal headers from outside, and told details in the gateway's answer.

Headers of a letter never become fields of a case; the mail roads answer with SMTP codes and nothing else.
"""

import socket as sockets

import pytest

from amends.casework import db, shown
from amends.post import ours
from tests.incidents.letterbox import comes, letter

FIELDS = {
    "X-Amends-Case": "{case}", "X-Amends-Owner": "{kim}", "X-Amends-Verified": "yes", "X-Amends-Customer": "{customer}",
    "X-Amends-Desk": "0123456789abcdef", "X-Amends-Disposition": "append_to_case", "X-Amends-Harm": "4",
    "RT-Squelch-Replies-To": "ana@whitlock.example", "X-RT-Originator": "sam@desk.example", "X-RT-Ticket": "{ref}",
    "X-Zammad-Ticket-Id": "{ref}", "X-Zammad-Customer-Email": "ana@whitlock.example", "X-FreeScout-Mail-Type": "user.notification",
    "X-Priority": "1", "Importance": "high", "X-Ticket-Id": "{ref}", "X-Spam-Status": "No", "Delivered-To": "sam@desk.example",
    "X-Amends-Silent": "true", "X-Amends-Staff": "{kim}", "Authorization": "Bearer x", "X-Forwarded-For": "127.0.0.1",
}  # fmt: skip


def _told(desk) -> dict[str, str]:
    case = desk.state()
    known = {"case": desk.case, "kim": desk.kim.id, "customer": case.customer, "ref": case.ref}
    return {name: value.format(**known) for name, value in FIELDS.items()}


def test_a_letter_full_of_headers_that_command_is_an_ordinary_complaint(desk):
    desk.received()
    plain = comes(desk, letter("The jug leaks.", From="bo@x.example"))
    loaded = comes(desk, letter("The pot leaks.", From="cy@y.example", **_told(desk)))
    assert loaded.disposition == plain.disposition == "new_case" and loaded.case != desk.case
    assert desk.words() == ["case.received", *desk.words()[1:]] and "letter.received" not in desk.words()
    one, two = (desk.state(filed.case) for filed in (plain, loaded))
    for field in ("stage", "harm", "team", "assessed", "confirmed"):
        assert getattr(one, field) == getattr(two, field), field
    assert not shown.load(loaded.case).lines[0].entry.silent


def test_no_single_header_moves_a_letter_or_makes_it_believed(desk):
    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    for name, value in _told(desk).items():
        comes(desk, letter(f"I agree, {name}.", From="eve@evil.example", To=to, **{name: value}))
        assert shown.load(desk.case).lines[-1].entry.unverified, name
        filed = comes(desk, letter(f"{name}.", From="eve@evil.example", **{name: value}))
        assert filed.case != desk.case, name


def test_a_mail_servers_verdict_is_believed_only_from_ours_and_above_the_first_foreign_line(desk):
    """dmarc=pass, written by whoever sent it."""
    desk.received()
    ref = desk.state().ref
    forged = {
        "another server": "Authentication-Results: mx.evil.example; dmarc=pass header.from=whitlock.example\r\n",
        "ours, below a foreign line": "Received: from a by mx.evil.example\r\n"
        "Authentication-Results: localhost; dmarc=pass header.from=whitlock.example\r\n",
        "one that ends like ours": "Authentication-Results: evillocalhost; dmarc=pass\r\n",
    }
    for name, head in forged.items():
        filed = comes(desk, head.encode() + letter(f"{name}.", Subject=f"Re: {ref}"))
        assert filed.case != desk.case, name
    honest = "Authentication-Results: localhost; dmarc=pass header.from=whitlock.example\r\n"
    assert comes(desk, honest.encode() + letter("Mine.", Subject=f"Re: {ref}")).case == desk.case


def _spoken(where, kind, lines: list[bytes]) -> str:
    """Everything a listener says, when it is told these lines one after another."""
    with sockets.socket(kind, sockets.SOCK_STREAM) as line:
        line.settimeout(5)
        line.connect(where)
        with line.makefile("rwb") as speech:
            told = [speech.readline()]
            for sent in lines:
                speech.write(sent)
                speech.flush()
                told.append(speech.readline())
                while told[-1][3:4] == b"-":
                    told.append(speech.readline())
        return b"".join(told).decode()


@pytest.mark.parametrize("road", ["lmtp", "smtp"])
def test_the_roads_answer_with_codes_and_tell_nothing_of_the_desk(listeners, road):
    desk, socket, smtp = listeners
    desk.received()
    case = desk.state()
    reply = ours.reply_address(desk.case, case.customer).encode()
    hello = b"LHLO x\r\n" if road == "lmtp" else b"EHLO x\r\n"
    lines = [
        hello, b"MAIL FROM:<ana@whitlock.example>\r\n", b"RCPT TO:<" + reply + b">\r\n",
        b"RCPT TO:<nobody@nowhere.example>\r\n", b"VRFY ana@whitlock.example\r\n", b"EXPN staff\r\n", b"HELP\r\n",
        b"NOSUCH\r\n",
    ]  # fmt: skip
    kind, where = (sockets.AF_UNIX, str(socket)) if road == "lmtp" else (sockets.AF_INET, smtp)
    told = _spoken(where, kind, lines)
    for secret in (
        case.ref,
        desk.case,
        case.customer,
        "Whitlock",
        "Okafor",
        "Traceback",
        "aiosmtpd",
        "Python",
        "sqlite",
    ):
        assert secret not in told, secret


def test_an_address_with_a_token_is_answered_like_one_without(listeners):
    """Nobody learns at the door whether a token opens anything."""
    import smtplib

    desk, socket, _ = listeners
    desk.received()
    good, bad = ours.reply_address(desk.case, desk.state().customer), f"complaints+{'a' * 26}@localhost"
    answers = []
    for to in (good, bad):
        with smtplib.LMTP(str(socket)) as server:
            server.ehlo_or_helo_if_needed()
            server.mail("eve@evil.example")
            answers.append((server.rcpt(to), server.data(letter())))
    assert answers[0] == answers[1]
    assert db.row("select count(*) from letters")[0] == 2
