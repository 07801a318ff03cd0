"""What people do with letters: take one back, send it later, with files, again, another way; move it, join cases."""

import contextlib
import re
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends import ids
from amends.casework import db, drafts, files, leaving, shown, wording
from amends.casework.acts import letters
from amends.casework.letters import page_link
from amends.desk import letters as desk_letters
from amends.look import letter_html, sentences
from amends.post import clues, handover, held, ours, outbox, rereading
from amends.rules import correspondence
from amends.rules.entries import Channel
from amends.rules.refused import Reason, Refused
from amends.timetable.chores import let_letters_leave
from tests.pages import Browser, case_path, moment_field, portal_path

JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c140d0c0b0b0c1912130f"
    "141d1a1f1e1d1a1c1c20242e2720222c231c1c2837292c30313434341f27393d38323c2e333432ffc0000b08000100010101"
    "1100ffc4001f0000010501010101010100000000000000000102030405060708090a0bffc400b5100002010303020403050504"
    "040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a2526"
    "2728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a"
    "92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6"
    "e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00fbfeffd9"
)


class Sink:
    def __init__(self, *troubles):
        self.letters, self.troubles = [], list(troubles)

    def __call__(self, outgoing):
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble:
            raise trouble
        self.letters.append(outgoing)


def answer(desk, person, **more):
    """Somebody answers on the case's page."""
    browser = Browser(person)
    browser.post(case_path(desk) + "answer/", page=case_path(desk), **{"words": "We look into it.", **more})
    return browser


# Undo and later ----------------------------------------------------------------------------------------------------


def test_a_letter_can_be_taken_back_for_twenty_seconds_and_leaves_no_trace(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    sam = answer(desk, desk.sam)
    assert "Your letter leaves in a moment" in sam.text and "reply" not in desk.letters()
    entries = desk.words()
    let_letters_leave(desk.later(seconds=10).now)
    assert desk.words() == entries
    (waiting,) = leaving.of_case(desk.case)
    sam.post(f"{case_path(desk)}leaving/{waiting.id}/undo/", page=case_path(desk))
    let_letters_leave(desk.later(minutes=5).now)
    assert desk.words() == entries and leaving.of_case(desk.case) == []
    sam.get(case_path(desk))
    assert "We look into it." in sam.text  # back in the draft
    desk.is_sound()


def test_after_the_time_to_undo_it_leaves_once_and_cannot_be_taken_back(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    sam = answer(desk, desk.sam)
    (waiting,) = leaving.of_case(desk.case)
    for _ in range(3):
        let_letters_leave(desk.later(seconds=25).now)
    assert desk.letters().count("reply") == 1
    sam.post(f"{case_path(desk)}leaving/{waiting.id}/undo/", page=case_path(desk))
    assert str(sentences._REFUSALS[Reason.HAS_LEFT]) in sam.text
    assert desk.letters().count("reply") == 1
    desk.is_sound()


def test_only_its_writer_takes_a_letter_back(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    answer(desk, desk.sam)
    (waiting,) = leaving.of_case(desk.case)
    Browser(desk.kim).post(f"{case_path(desk)}leaving/{waiting.id}/undo/", page=case_path(desk))
    let_letters_leave(desk.later(seconds=25).now)
    assert desk.letters()[-1] == "reply"


def test_a_crash_while_it_leaves_sends_it_once(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    answer(desk, desk.sam)
    (waiting,) = leaving.of_case(desk.case)
    assert leaving.begins(waiting.id)  # and here the process dies
    let_letters_leave(desk.later(seconds=25).now)
    let_letters_leave(desk.later(seconds=25).now)
    assert desk.letters().count("reply") == 1 and leaving.of_case(desk.case) == []


def test_a_letter_cannot_be_put_off_past_the_date_its_customer_hears_by(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    sam = answer(desk, desk.sam, when="later", later=moment_field(desk.now + timedelta(days=30)))
    assert "would leave after that; send it before" in sam.text and leaving.of_case(desk.case) == []


@pytest.mark.parametrize("way", ["letter", "page"])
def test_a_letter_for_later_does_not_leave_when_the_customer_writes_first(desk, settings, way):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    evening = desk.now + timedelta(minutes=30)
    sam = answer(desk, desk.sam, when="later", later=moment_field(evening))
    assert "Sam Okafor’s letter leaves" in sam.text
    if way == "letter":
        desk.hears("Never mind, it stopped leaking.")
    else:
        desk.do(desk.ana, correspondence.hear, words="Never mind.", channel=Channel.PORTAL)
    let_letters_leave(desk.later(days=3).now)
    assert "reply" not in desk.letters()
    sam.get(case_path(desk))
    assert "This letter did not leave: Ana wrote first." in sam.text
    sam.get("/today/")
    assert "did not leave" in sam.text
    sam.post(f"{case_path(desk)}leaving/{leaving.of_case(desk.case)[0].id}/undo/", page=case_path(desk))
    sam.get("/today/")
    assert "did not leave" not in sam.text


def test_a_machine_that_writes_stops_nothing(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    answer(desk, desk.sam, when="later", later=moment_field(desk.now + timedelta(minutes=30)))
    desk.hears("I am away.", head="From: ana@whitlock.example\r\nAuto-Submitted: auto-replied\r\n")
    let_letters_leave(desk.later(days=3).now)
    assert desk.letters()[-1] == "reply"


def test_what_is_wrong_with_a_letter_is_said_at_once_and_its_files_are_kept(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    sam = answer(desk, desk.sam, words="", files=SimpleUploadedFile("sheet.pdf", b"%PDF-1.7"))
    assert sam.answer.status_code == 422 and leaving.of_case(desk.case) == []
    assert "sheet.pdf" in sam.text
    past = answer(desk, desk.sam, when="later", later="2020-01-01T10:00")
    assert past.answer.status_code == 422 and "a day and a time still to come" in past.text


def test_a_letter_of_somebody_who_has_left_does_not_leave(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    answer(desk, desk.sam, when="later", later=moment_field(desk.now + timedelta(minutes=30)))
    desk.sam.is_active = False
    desk.sam.save()
    let_letters_leave(desk.later(days=3).now)
    assert "reply" not in desk.letters()
    assert leaving.of_case(desk.case)[0].because == leaving.HAS_LEFT_US


# Files -------------------------------------------------------------------------------------------------------------


def test_files_go_with_a_letter_and_can_be_had_by_both_sides_and_by_nobody_else(desk):
    desk.live().received()
    name = "Prüfbericht „R-40“.pdf"
    sam = answer(desk, desk.sam, files=SimpleUploadedFile(name, b"%PDF-1.7 report"))
    assert name in sam.text
    number = desk.state().story.sent[-1]
    path = f"{case_path(desk)}files/{number}/0/"
    got = sam.get(path)
    assert got.content == b"%PDF-1.7 report" and got.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert Browser(desk.noor).get(path).status_code == 404
    assert Browser(None).get(path).status_code == 302
    ana = Browser()
    ana.get(portal_path(desk))
    assert name in ana.text
    assert ana.get(f"{portal_path(desk)}files/{number}/0/").content == b"%PDF-1.7 report"
    assert ana.get(f"{portal_path(desk)}files/{number}/1/").status_code == 404
    outbox.send_owed(desk.later(minutes=1).now, sink := Sink())
    assert sink.letters[-1].message.count(b"Content-Disposition: attachment") == 1
    desk.is_sound()


def test_the_same_file_is_kept_once(desk):
    desk.live().received()
    for _ in range(2):
        answer(desk, desk.sam, files=SimpleUploadedFile("a.pdf", b"the same bytes"))
    desk.hears(file=b"the same bytes")
    assert db.row("select count(*) from contents")[0] == 1


def test_files_too_large_for_a_letter_are_refused_aloud_and_the_words_are_kept(desk, monkeypatch):
    desk.live().received()
    monkeypatch.setattr(letters, "MOST_BYTES", 1000)
    sam = answer(desk, desk.sam, files=SimpleUploadedFile("large.bin", b"x" * 2000))
    assert "too large for a letter" in sam.text and "We look into it." in sam.text
    assert "reply" not in desk.letters()


def test_a_letters_picture_is_seen_drawn_anew_and_its_page_shown_without_scripts(desk):
    desk.received()
    filed = desk.hears(html='<p onclick="x()">Look <img src="cid:a"><script>alert(1)</script></p>', file=JPEG)
    assert filed.disposition == "append_to_case"
    number = desk.state().story.came[-1].number
    sam = Browser(desk.sam)
    sam.get(f"{case_path(desk)}letters/{number}/")
    assert "seam.jpg" in sam.text and 'sandbox="' in sam.answer.content.decode()
    drawn = sam.get(f"{case_path(desk)}files/{number}/0/", seen="1")
    assert drawn.headers["Content-Type"] == "image/png" and drawn.content.startswith(b"\x89PNG")
    frame = sam.get(f"{case_path(desk)}letters/{number}/layout/")
    html = frame.content.decode()
    assert "script" not in html and "onclick" not in html and "<p>Look" in html
    assert frame.headers["Content-Security-Policy"].startswith(
        "sandbox allow-popups allow-popups-to-escape-sandbox;"
    )
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    raw = sam.get(f"{case_path(desk)}letters/{number}/raw/")
    assert b"multipart/mixed" in raw.content


def test_files_come_from_a_host_of_their_own_when_there_is_one(desk, settings):
    settings.AMENDS_FILES_ADDRESS = "https://files.desk.example"
    settings.ALLOWED_HOSTS = ["localhost", "files.desk.example"]
    desk.live().received()
    answer(desk, desk.sam, files=SimpleUploadedFile("a.html", b"<script>alert(1)</script>"))
    number = desk.state().story.sent[-1]
    sam = Browser(desk.sam)
    there = sam.get(f"{case_path(desk)}files/{number}/0/")
    assert there.status_code == 302 and there.url.startswith("https://files.desk.example/files/")
    path = there.url.removeprefix("https://files.desk.example")
    stranger = Browser()
    assert stranger.client.get(path).status_code == 404  # not on the desk's own host
    got = stranger.client.get(path, headers={"host": "files.desk.example"})
    assert got.content == b"<script>alert(1)</script>"
    assert got.headers["Content-Type"] == "application/octet-stream"
    for page in ("/today/", "/sign-in/", case_path(desk), "/files/forged/"):
        assert stranger.client.get(page, headers={"host": "files.desk.example"}).status_code == 404


# Ours that did not arrive ------------------------------------------------------------------------------------------


def report(
    desk, outcome="failed", status="5.1.1", said="550 no such user", to="", address="ana@whitlock.example"
):
    """A mail server's report on the newest letter of ours, to its bounce address unless `to` says otherwise."""
    (letter,) = db.row("select id from owed where staff = '' order by id desc limit 1")
    fields = f"Final-Recipient: rfc822;{address}\r\nAction: {outcome}\r\nStatus: {status}\r\n"
    raw = (
        "From: Mail Delivery System <mailer-daemon@mx.example>\r\nSubject: Undelivered\r\nAuto-Submitted: auto-replied\r\n"
        f"Message-ID: <{status}-{outcome}-{len(to)}@mx.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI could not deliver it.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;mx.example\r\n\r\n"
        f"{fields}Diagnostic-Code: smtp;{said}\r\n\r\n--b--\r\n"
    )
    return desk.delivered_raw(raw.encode(), sender="", to=to or ours.bounce_address(letter))


def sent(desk):
    desk.received()
    desk.do(desk.sam, correspondence.write, words="Dear Ana, we look into it.")
    outbox.send_owed(desk.now, Sink())
    return desk.state().story.sent[-1]


def state(desk, number: int) -> str:
    return db.row("select state from owed where file = %s and number = %s", [desk.case, number])[0]


def test_a_bounce_is_linked_to_its_letter_the_address_is_marked_and_the_rep_is_told(desk):
    number = sent(desk)
    assert report(desk)[1:3] == ("bounce_record", desk.case)
    assert state(desk, number) == "bounced"
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "550 no such user" in sam.text and "Letters to ana@whitlock.example come back." in sam.text
    sam.get("/today/")
    assert f"Letter {number} in {desk.state().ref} did not arrive." in sam.text
    sam.get("/held/", view="ours")
    assert "came back" in sam.text
    desk.is_sound()


def test_a_report_nobody_can_prove_changes_nothing(desk):
    number = sent(desk)
    for to in ("complaints@localhost", ours.bounce_address("0" * 26).replace("@", "a@")):
        assert report(desk, to=to)[1:3] == ("bounce_record", "")
    assert state(desk, number) in ("handed_over", "in_folder")
    assert not shown.load(desk.case).customer.failing


@pytest.mark.parametrize(
    ("outcome", "status", "said", "after"),
    [
        ("delayed", "4.4.1", "no answer", "in_folder"),
        ("delivered", "2.0.0", "ok", "delivered"),
        ("failed", "5.2.2", "mailbox full", "waiting"),
        ("failed", "5.7.1", "looks like spam", "bounced"),
    ],
)
def test_each_kind_of_report_does_what_it_says(desk, outcome, status, said, after):
    number = sent(desk)
    report(desk, outcome, status, said)
    assert state(desk, number) == after
    assert not shown.load(desk.case).customer.failing  # none of these says that the address is wrong
    desk.is_sound()


def test_a_letter_from_the_customer_shows_that_the_address_works_again(desk):
    sent(desk)
    report(desk)
    assert shown.load(desk.case).customer.failing
    desk.hears("I had changed my provider.")
    assert not shown.load(desk.case).customer.failing
    desk.is_sound()


def test_try_again_sends_the_same_letter_and_only_one_in_trouble(desk):
    number = sent(desk)
    sam = Browser(desk.sam)
    sam.post(f"{case_path(desk)}letters/{number}/again/", page=case_path(desk))
    assert "Nothing went wrong with this letter" in sam.text
    report(desk)
    sam.post(f"{case_path(desk)}letters/{number}/again/", page=case_path(desk))
    assert state(desk, number) == "waiting" and desk.words()[-1] == "letter.tried_again"
    outbox.send_owed(desk.live().later(minutes=1).now, sink := Sink())
    (message_id,) = db.row("select message_id from owed where number = %s and staff = ''", [number])
    assert f"Message-ID: {message_id}".encode() in sink.letters[-1].message
    desk.is_sound()


def test_another_way_is_written_down(desk):
    desk.received()
    desk.do(desk.sam, correspondence.write, words="Dear Ana, we look into it.")
    outbox.send_owed(desk.now, Sink(None, handover.Uncertain("went away")))
    number = desk.state().story.sent[-1]
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "Try again, or another way" in sam.text
    path = f"{case_path(desk)}letters/{number}/otherwise/"
    sam.get(path)
    assert "It may have arrived already" in sam.text
    sam.post(path, page=path, how="call", words="")
    assert sam.answer.status_code == 422
    sam.post(path, page=path, how="call", words="Read to her on Tuesday.")
    assert state(desk, number) == "otherwise"
    assert "went another way, by telephone: Read to her on Tuesday." in sam.text
    desk.is_sound()


# Letters in the wrong case -------------------------------------------------------------------------------------------


def test_the_same_form_sent_again_is_the_same_letter_and_a_changed_one_is_another(desk, settings):
    """The Back button after the letter has left: nothing is sent twice, nothing that was changed is lost."""
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    sam, path = Browser(desk.sam), case_path(desk)
    form = {**sam.fields(path), "words": "Which side of the roof is it?"}
    for _ in range(2):
        sam.client.post(f"{path}answer/", form)
    assert let_letters_leave(desk.live().now + timedelta(seconds=30)) == 1
    for _ in range(2):
        sam.client.post(f"{path}answer/", form)
    assert let_letters_leave(desk.now + timedelta(seconds=60)) == 0
    assert db.row("select count(*) from leaving")[0] == 0
    assert desk.letters().count("reply") == 1
    sam.answer = sam.client.post(
        f"{path}answer/", {**form, "words": "Which side of the roof is it, and which row?"}
    )
    assert sam.answer.status_code == 422 and "You have answered already" in sam.text
    sam.post(f"{path}answer/", page=path, words="Which side of the roof is it, and which row?")
    assert let_letters_leave(desk.now + timedelta(seconds=60)) == 1
    assert desk.letters().count("reply") == 2


def test_a_draft_open_in_two_windows_goes_once_and_a_word_added_to_a_letter_goes_too(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    sam, path = Browser(desk.sam), case_path(desk)
    one, other = (
        {**sam.fields(path), "words": words} for words in ("Which door is it?", "Which door is it, please?")
    )

    def answered(form):
        sam.answer = sam.client.post(f"{path}answer/", form)
        return sam.answer.status_code

    assert answered(one) == 302
    assert answered(other) == 422 and "Which door is it, please?" in sam.text  # while the first waits
    let_letters_leave(desk.live().now + timedelta(seconds=30))
    assert answered(other) == 422 and "You have answered already" in sam.text  # and once it has left
    assert answered({**sam.fields(path), "words": "Is it the blue one?"}) == 302
    added = {**sam.fields(path), "words": "Or the one beside it?"}  # its page shows the one that waits
    let_letters_leave(desk.live().now + timedelta(seconds=60))
    assert answered(added) == 302
    let_letters_leave(desk.live().now + timedelta(seconds=120))
    assert desk.letters().count("reply") == 3


def test_a_letter_whose_act_is_done_already_does_not_stop_the_timetable(desk):
    desk.received()
    letter = leaving.Letter(
        ids.new(), desk.case, desk.sam.id, desk.now, desk.now, 9, "waiting", "", "We look at it.", None, ()
    )
    letters.write_to_leave(letter, by=desk.sam.actor, now=desk.now)
    leaving.put(letter)  # as a process that was killed in between would leave it
    assert let_letters_leave(desk.now) == 1
    assert let_letters_leave(desk.now) == 0
    assert desk.letters().count("reply") == 1


def test_a_letter_is_not_taken_back_by_way_of_another_case(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 60
    desk.live()
    young, old = two_cases(desk)
    sam = Browser(desk.sam)
    desk.case = young
    page = case_path(desk)
    sam.post(f"{page}answer/", page=page, words="Precious words about your roof.")
    (letter,) = db.row("select id from leaving")
    desk.case = old
    sam.post(f"{case_path(desk)}leaving/{letter}/undo/", page=case_path(desk))
    assert db.row("select count(*) from leaving")[0] == 1


def test_what_its_writer_answered_comes_back_with_a_letter_that_is_undone(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 60
    desk.live().received()
    sam, page = Browser(desk.sam), case_path(desk)
    words, key = "I have passed this on to our lab.", "shown:i-have-passed-this-on-to-our-lab"
    sam.post(f"{page}answer/", page=page, words=words, **{key: "Told the lab at 11:10"})
    (letter,) = leaving.of_case(desk.case)
    sam.post(f"{page}leaving/{letter.id}/undo/", page=page)
    kept = drafts.draft(desk.case, desk.sam.id)
    assert kept.words == words and kept.answers.shown == {key.partition(":")[2]: "Told the lab at 11:10"}
    assert "Shown by you." in sam.text


def test_an_autosave_takes_no_file_from_a_draft(desk):
    desk.received()
    proof = files.keep(b"proof", "proof.pdf", "application/pdf")
    drafts.keep_draft(desk.case, desk.sam.id, "words", 3, desk.now, (proof,))
    drafts.keep_draft(desk.case, desk.sam.id, "more words", 3, desk.now)
    assert drafts.draft(desk.case, desk.sam.id).files == (proof,)


def two_cases(desk) -> tuple[str, str]:
    old = desk.received()
    young = desk.later(hours=1).received(words="The same seam, once more.")
    return young, old


def test_a_letter_is_moved_and_leaves_a_line_that_says_where(desk):
    young, old = two_cases(desk)
    desk.hears("This belongs to the other one.")
    number = desk.state().story.came[-1].number
    ref = desk.state(old).ref
    sam = Browser(desk.sam)
    path = f"{case_path(desk)}letters/{number}/move/"
    sam.post(path, page=path, where="case", to=ref, why="It is about the first sheet")
    assert f"belongs to {ref} and stands there since" in sam.text
    assert desk.state(old).story.came[-1].letter == desk.state(young).story.came[-1].letter
    assert desk.state(old).story.heard  # it is news there
    ana = Browser()
    ana.get(portal_path(desk))
    assert "This belongs to the other one." not in ana.text
    assert f"This letter is about {ref} and stands there." in ana.text
    assert f'href="{page_link(old, desk.state().customer)}"' in ana.get(portal_path(desk)).content.decode()
    desk.case = old
    ana.get(portal_path(desk))
    assert "This belongs to the other one." in ana.text
    sam.post(path, page=path, where="case", to=ref, why="again")
    assert desk.state(young).story.came[-1].moved
    desk.is_sound()


def test_a_moved_letter_shows_no_customer_what_another_said(desk):
    desk.received()
    desk.hears("My address is 4 Harmon Street.")
    source, number = desk.case, desk.state().story.came[-1].number
    desk.received(name="Bob", address="bob@buyer.example")
    bobs = desk.case
    letters.move(source, number, to=bobs, why="wrong", sender="", by=desk.sam.actor, now=desk.now, act="m")
    bob = Browser()
    bob.get(portal_path(desk))
    assert "Harmon Street" not in bob.text
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "Harmon Street" in sam.text and "not shown to Bob" in sam.text
    theirs, desk.case = desk.state().ref, source
    ana = Browser()
    ana.get(portal_path(desk))
    assert (
        "A letter stood here that does not belong to this complaint." in ana.text and theirs not in ana.text
    )


def test_a_letter_that_comes_home_to_its_writers_case_is_their_word(desk):
    desk.received(name="Bea", address="bea@b.example", words="Bea's own.")
    beas, desk.case = desk.case, ""
    desk.received()
    desk.hears("It is Bea who writes.", who="Bea <bea@b.example>")
    number = desk.state().story.came[-1].number
    assert shown.load(desk.case).lines[number - 1].entry.unverified
    sam, ref = Browser(desk.sam), desk.state(beas).ref
    path = f"{case_path(desk)}letters/{number}/move/"
    sam.post(path, page=path, where="case", to=ref, why="It is hers.")
    assert not shown.load(beas).lines[-1].entry.unverified
    desk.case = beas
    bea = Browser()
    bea.get(portal_path(desk))
    assert "It is Bea who writes." in bea.text


def test_what_a_mail_server_could_not_confirm_is_nobodys_word_wherever_it_goes(desk):
    from tests.incidents.letterbox import comes, letter

    desk.received(name="Vic", address="vic@victim.example", words="Vic's own.")
    vics, desk.case = desk.case, ""
    desk.received()
    failed = "localhost; dmarc=fail (p=none) header.from=victim.example"
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter("Forged.", From="Vic <vic@victim.example>", Authentication_Results=failed), None, to)
    number, source = desk.state().story.came[-1].number, desk.case
    who = {"sender": "vic@victim.example", "by": desk.sam.actor, "now": desk.now, "act": ""}
    letters.move(source, number, to=vics, why="hers", **who)
    assert shown.load(vics).lines[-1].entry.unverified
    moved = desk.state(vics).story.came[-1].number
    letters.split(vics, moved, why="its own", **who)
    (new,) = db.row("select id from cases order by id desc limit 1")
    desk.case = new
    assert desk.letters() == []  # nobody in whose name something was forged gets a receipt for it


def test_a_case_split_off_counts_from_the_day_its_letter_first_came(desk):
    young, old = two_cases(desk)
    desk.case = young
    desk.hears("A third thing.")
    came, number = desk.now, desk.state().story.came[-1].number
    who = {"sender": "ana@whitlock.example", "by": desk.sam.actor, "act": ""}
    letters.move(young, number, to=old, why="x", now=desk.later(days=5).now, **who)
    number = desk.state(old).story.came[-1].number
    outcome = letters.split(old, number, why="x", now=desk.later(days=5).now, **who)
    assert outcome.state.received_at == came


def test_a_case_that_stands_on_its_own_again_hears_no_later_than_it_was_told(desk):
    young, old = two_cases(desk)
    desk.case = young
    told = desk.state().update.due
    letters.merge(young, into=old, why="the same", by=desk.sam.actor, now=desk.now, act="")
    letters.unmerge(young, why="it is not", by=desk.sam.actor, now=desk.now, act="")
    assert desk.state().update.due <= told


def test_a_letter_for_a_case_that_points_on_goes_to_where_the_pointers_end(desk):
    first = desk.received(words="First.")
    second = desk.later(hours=1).received(words="Second.")
    third = desk.later(hours=1).received(words="Third.")
    for case, into in ((third, second), (second, first)):
        letters.merge(case, into=into, why="the same", by=desk.sam.actor, now=desk.now, act="")
    to = ours.reply_address(third, desk.state(third).customer)
    assert desk.hears("Still leaking.", to=to).case == first


def test_a_letter_is_split_off_and_its_clocks_count_from_the_day_it_came(desk):
    desk.live().received()
    desk.hears("And now the gutter leaks, too.")
    number, came = desk.state().story.came[-1].number, desk.now
    source = case_path(desk)
    sam = Browser(desk.sam)
    path = f"{source}letters/{number}/move/"
    sam.post(path, page=path, where="own", why="another thing")
    assert "And now the gutter leaks, too." in sam.text and sam.answer.redirect_chain[-1][0] != source
    (new,) = db.row("select id from cases where id <> %s", [desk.case])
    assert desk.state(new).customer == desk.state().customer and desk.state(new).owner == desk.sam.id
    assert abs(desk.state(new).received_at - came) < timedelta(minutes=1)
    desk.is_sound()


def test_the_letter_that_opened_a_case_is_not_moved(desk):
    desk.case = desk.delivered_raw(b"From: ana@whitlock.example\r\nMessage-ID: <1@x>\r\n\r\nIt leaks.").case
    sam = Browser(desk.sam)
    path = f"{case_path(desk)}letters/1/move/"
    sam.post(path, page=path, where="own", why="x")
    assert "This letter opened the case." in sam.text


def test_the_younger_case_points_to_the_older_and_can_be_taken_back(desk):
    young, old = two_cases(desk)
    old_ref = desk.state(old).ref
    sam = Browser(desk.sam)
    path = f"{case_path(desk)}merge/"
    sam.post(path, page=path, to=old_ref, why="The same roof")
    assert f"Dealt with in {old_ref}" in sam.text
    assert not desk.state(young).is_open and desk.state(young).stage == desk.state(old).stage
    assert desk.letters()[-1] == "merged"
    assert db.row('select count(*) from clocks where stopped_at is null and "case" = %s', [young])[0] == 0
    ana = Browser()
    ana.get(portal_path(desk))
    assert "We deal with this together with your other complaint." in ana.text
    assert f"To {old_ref}" in ana.text and "Write to us" not in ana.text
    filed = desk.hears("More about it.", to=ours.reply_address(young, desk.state().customer))
    assert filed.case == old
    sam.post(f"{case_path(desk)}unmerge/", page=f"{case_path(desk)}unmerge/", why="Another roof after all")
    assert desk.state(young).is_open and desk.state(young).update
    assert desk.letters()[-1] == "unmerged"
    assert desk.hears("And this.", to=ours.reply_address(young, desk.state().customer)).case == young
    desk.is_sound()


def test_cases_are_joined_only_where_nobody_sees_or_loses_anything_by_it(desk):
    old = desk.received()
    young = desk.later(hours=1).received(words="The same seam, once more.")
    desk.received(name="Bob", address="bob@buyer.example")
    bobs = desk.case

    def refused(case, into):
        with pytest.raises(correspondence.Refused) as no:
            letters.merge(case, into=into, why="x", by=desk.sam.actor, now=desk.now, act="")
        return no.value.reason

    assert refused(bobs, old) is Reason.OTHER_CUSTOMER
    assert refused(old, young) is Reason.YOUNGER_INTO_OLDER
    assert refused(young, young) is Reason.SAME_CASE
    from amends.rules import promises

    desk.do(
        desk.sam, promises.make, case=young, deed="Ring", owner=desk.sam.id, due=desk.now + timedelta(days=1)
    )
    assert refused(young, old) is Reason.STILL_OWES


# A newer reader ------------------------------------------------------------------------------------------------------


def test_a_newer_reader_changes_the_words_and_keeps_what_stood_there(desk, monkeypatch):
    from amends.post import filing

    desk.received()
    monkeypatch.setattr(filing, "words_of", lambda letter: "garbled")
    desk.hears("The seam lifted again.")
    monkeypatch.undo()
    assert rereading.reread(desk.now) == (0, 0, 0)  # none was read by an older one
    assert rereading.reread(desk.now, all=True).changed == 1
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "The seam lifted again." in sam.text and "was read anew" in sam.text
    assert rereading.reread(desk.now, all=True).changed == 0
    sam.get("/find/", q="lifted again")
    assert desk.state().ref in sam.text
    desk.is_sound()


def test_a_letter_the_old_reader_could_not_read_goes_on_its_way(desk, monkeypatch):
    from amends.post import cage, filing

    stopped = cage.Stopped("not read within 20 seconds")
    monkeypatch.setattr(filing, "read_one", lambda waiting: stopped)
    filed = desk.delivered_raw(b"From: ana@whitlock.example\r\nMessage-ID: <1@x>\r\n\r\nIt leaks.")
    assert filed.disposition == "quarantined" and "not read within 20 seconds" in filed.because
    monkeypatch.undo()
    assert rereading.reread(desk.now).placed == 1
    assert len(desk.drawn("cases")) == 1


def test_a_letter_within_a_letter_can_be_read_on_its_page(desk):
    desk.received()
    inner = "From: Bob <bob@builder.example>\r\nSubject: The quote\r\n\r\nThe whole roof, 4,000.\r\n"
    to = ours.reply_address(desk.case, desk.state().customer)
    raw = (
        f"From: ana@whitlock.example\r\nTo: {to}\r\nMessage-ID: <in@x>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="e"\r\n\r\n--e\r\nContent-Type: text/plain\r\n\r\nSee what he says.\r\n'
        f"--e\r\nContent-Type: message/rfc822\r\n\r\n{inner}--e--\r\n"
    )
    desk.delivered_raw(raw.encode(), to=to)
    sam = Browser(desk.sam)
    sam.get(f"{case_path(desk)}letters/{desk.state().story.came[-1].number}/")
    assert "bob@builder.example" in sam.text and "The whole roof, 4,000." in sam.text


# What a stranger found in walking through it -------------------------------------------------------------------------


def test_a_word_that_did_not_arrive_is_owed_another_way_and_kept_once_it_went(desk):
    from amends.rules.entries import PromiseKind

    number = sent(desk)
    report(desk)
    owed = [p for p in desk.state().promises if p.kind is PromiseKind.DEED]
    assert len(owed) == 1 and owed[0].owner == desk.state().owner and owed[0].state.value == "open"
    report(desk, "failed", "5.7.1", "spam")  # once more about the same
    assert len([p for p in desk.state().promises if p.kind is PromiseKind.DEED]) == 1
    ana = Browser()
    ana.get(portal_path(desk))
    assert "Reach you another way" in ana.text
    asked = {
        "channel": Channel.CALL,
        "words": "Read to her.",
        "by": desk.sam.actor,
        "now": desk.now,
        "act": "",
    }
    letters.send_otherwise(desk.case, number, **asked)
    assert desk.state().promise(owed[0].number).state.value == "kept"
    desk.is_sound()


def test_a_letter_refused_at_once_marks_the_address_and_stands_on_the_case(desk):
    import smtplib

    desk.received()
    desk.do(desk.sam, correspondence.write, words="Which roof is it?")
    no = smtplib.SMTPResponseException(550, b"5.1.1 no such user")
    outbox.send_owed(desk.now, Sink(None, no))
    assert "letter.returned" in desk.words() and shown.load(desk.case).customer.failing
    sam = Browser(desk.sam)
    path = f"{case_path(desk)}address/"
    sam.post(path, page=path, address="nowhere", why="She said so")
    assert "cannot reach you" in sam.text or "We cannot" in sam.text
    sam.post(path, page=path, address="ana@new.example", why="Read out on the call of Tuesday")
    assert "ana@new.example" in sam.text and not shown.load(desk.case).customer.failing
    sam.post(path, page=path, address="eve@evil.example", why="x")
    assert "Letters to their address arrive." in sam.text
    letters.try_again(desk.case, desk.state().story.sent[-1], by=desk.sam.actor, now=desk.now, act="a")
    outbox.send_owed(desk.now, sink := Sink())
    assert sink.letters[-1].to == "ana@new.example"
    assert desk.hears("Thank you.", who="ana@new.example").case == desk.case
    desk.is_sound()


def test_a_note_or_a_moved_letter_reads_nothing_of_what_the_customer_said(desk):
    from amends.casework.acts import messages

    desk.received()
    desk.hears("URGENT: water runs down the wall")
    messages.write_note(desk.case, words="I have seen the lot number.", by=desk.kim.actor, now=desk.now)
    assert desk.state().story.heard
    sam = Browser(desk.sam)
    sam.get("/today/")
    assert "URGENT" in sam.text


def test_a_letter_taken_back_stands_beside_what_was_typed_since(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 20
    desk.live().received()
    sam = answer(desk, desk.sam, words="The first letter.")
    sam.post(case_path(desk) + "draft/", page=case_path(desk), words="The second one, half")
    sam.post(f"{case_path(desk)}leaving/{leaving.of_case(desk.case)[0].id}/undo/", page=case_path(desk))
    assert "The first letter." in sam.text and "The second one, half" in sam.text


def test_putting_a_held_letter_on_a_case_needs_the_case(desk):
    desk.received()
    filed = desk.hears(to="complaints@localhost", head="From: \r\n", words="Who am I?")
    sam = Browser(desk.sam)
    sam.post(f"/held/{filed.letter}/take-in/", page="/held/", where="case", to="")
    assert "Which case?" in sam.text and len(desk.drawn("cases")) == 1


def test_who_got_a_copy_is_said_on_the_case(desk):
    from tests.incidents.letterbox import comes, letter

    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter("With my neighbour in copy.", Cc="Bo <bo@x.example>"), None, to)
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "Copy to bo@x.example. They get nothing from us." in sam.text


def test_a_letter_of_ours_that_came_back_is_not_offered_as_a_case_first(desk):
    from tests.incidents.letterbox import comes, letter

    comes(desk, letter("It lifted."))
    comes(desk, letter("Round it goes.", From="complaints@localhost"))
    sam = Browser(desk.sam)
    html = sam.get("/held/").content.decode()
    assert re.findall(r'class="button primary[^"]*"[^>]*><span>([^<]*)', html) == ["Nothing for us"]


@pytest.mark.parametrize("marked", [{}, {"Auto_Submitted": "auto-generated"}])
def test_customers_of_a_shops_own_form_get_their_receipts(desk, settings, marked):
    from tests.incidents.letterbox import comes, leave, letter

    settings.AMENDS_FORM_SENDERS = frozenset({"form@shop.example"})
    for n in range(5):
        fields = {"From": "form@shop.example", "Reply_To": f"cust{n}@c{n}.example", **marked}
        comes(desk, letter(f"My complaint, number {n}.", **fields))
    assert leave(desk.now).receivers == [f"cust{n}@c{n}.example" for n in range(5)]
    failed = "localhost; dmarc=fail (p=none) header.from=shop.example"
    fields = {"From": "form@shop.example", "Reply_To": "victim@v.example", "Authentication_Results": failed}
    comes(desk, letter("Forged.", **fields, **marked))
    assert leave(desk.now).receivers == []


INVITATION = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20260601T080000Z\r\n"
    b"DTSTART:20260615T140000Z\r\nDTEND:20260615T150000Z\r\nSUMMARY:Fitter\\, second visit\r\nLOCATION:4 Harmon Street\r\n"
    b"ORGANIZER:mailto:ana@whitlock.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.mark.parametrize(
    ("data", "said", "not_said"),
    [
        (
            INVITATION,
            ["Fitter, second visit", "Monday 15 June 2026, 14:00 to", "From ana@whitlock.example"],
            "BEGIN:V",
        ),
        (INVITATION.replace(b"REQUEST", b"CANCEL"), ["Cancelled: Fitter, second visit"], "BEGIN:V"),
        (INVITATION.replace(b"140000Z", b"140000"), ["2026-06-15 14:00, time zone not given"], "BEGIN:V"),
        (
            INVITATION.replace(b"T140000Z", b"").replace(b"DTSTART", b"DTSTART;VALUE=DATE"),
            ["2026-06-15"],
            "BEGIN:V",
        ),
        (INVITATION.replace(b"20260615T140000Z", b"99991231T235959Z"), ["9999"], "BEGIN:V"),
        (INVITATION[:60], ["BEGIN:VCALENDAR"], "Cancelled"),
        (b"\xff\xfe\x00", [], "Cancelled"),
    ],
)
def test_an_invitation_is_read_on_the_page(desk, data, said, not_said):
    from tests.incidents.letterbox import comes, letter

    desk.received()
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter("Does this suit you?", files=[("invite.ics", "text/calendar", data)]), None, to)
    number = desk.state().story.came[-1].number
    sam = Browser(desk.sam)
    assert sam.get(f"{case_path(desk)}letters/{number}/").status_code == 200
    for words in said:
        assert words in sam.text
    assert not_said not in sam.text


def held_letter(desk) -> str:
    from tests.incidents.letterbox import comes, letter

    filed = comes(desk, letter(From="x@stranger.example, y@stranger.example"))
    assert filed.disposition == "quarantined"
    return filed.letter


def standing_on(letter: str, *cases: str) -> list[str]:
    lines = {case: shown.load(case).lines for case in cases}
    return [case for case in cases for line in lines[case] if getattr(line.entry, "letter", "") == letter]


def test_two_people_who_take_in_the_same_letter_at_once_put_it_on_one_case(desk, monkeypatch):
    young, old = two_cases(desk)
    letter = held_letter(desk)
    real, asked = clues.gather, []

    def gather(*told):
        if not asked:
            asked.append(True)
            held.take_in(letter, by=desk.kim.actor, now=desk.now, case=old)
        return real(*told)

    monkeypatch.setattr(clues, "gather", gather)
    outcome = held.take_in(letter, by=desk.sam.actor, now=desk.now, case=young)
    assert standing_on(letter, young, old) == [old]
    assert outcome.file == old  # who comes second is shown where it stands
    assert db.row("select file from letters where id = %s", [letter])[0] == old
    desk.is_sound()


def test_a_letter_that_was_set_aside_is_taken_in_once(desk):
    desk.received()
    letter = held_letter(desk)
    held.set_aside(letter, by=desk.kim.id, now=desk.now)
    for person in (desk.sam, desk.kim):
        with contextlib.suppress(Refused):
            held.take_in(letter, by=person.actor, now=desk.now, case=desk.case)
    assert standing_on(letter, desk.case) == [desk.case]
    assert held.one(letter) is None and held.aside(9) == []


def test_what_a_letter_would_fetch_is_looked_for_in_one_walk():
    """A stranger's spaces cost no time that grows with their square."""
    began = time.perf_counter()
    assert not letter_html.fetches_from_outside("<p>hi src=" + " " * 400_000 + "</p>" + "src " * 50_000)
    assert time.perf_counter() - began < 2
    assert letter_html.fetches_from_outside('<img src = " https://x.example/a.png">')


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("said", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"])
def test_a_time_that_has_no_other_zone_breaks_no_page(settings, zone, said):
    settings.TIME_ZONE = zone
    wording.zone.cache_clear()
    try:
        assert said[:4].lstrip("0") in desk_letters._time_of(said)
    finally:
        wording.zone.cache_clear()


# What a person who walked through the pages stopped at ---------------------------------------------------------------


def test_nobody_here_reads_the_key_to_a_customers_page(desk):
    from tests.incidents.letterbox import comes, leave, letter

    desk.received()
    key = portal_path(desk)
    assert key.encode() in leave(desk.now).newest.as_bytes()  # the customer has it
    quoted = f"It lifted.\n\n> Your page: http://localhost{key}"
    to = ours.reply_address(desk.case, desk.state().customer)
    comes(desk, letter(quoted, html=f"<p>It lifted.</p><blockquote>{key}</blockquote>"), None, to)
    number = desk.state().story.came[-1].number
    sam, base = Browser(desk.sam), case_path(desk)
    for path in ("", "see/", f"letters/{number}/", f"letters/{number}/layout/"):
        html = sam.get(base + path).content.decode()
        assert key not in html, path
        assert "/my/…" in html or path == "see/", path


def test_somebody_signed_in_here_does_not_act_as_the_customer(desk):
    desk.received()
    sam, page = Browser(desk.sam), portal_path(desk)
    before = desk.state().story.number
    for act, told in (
        ("write/", {"words": "Fine."}),
        ("not-settled/", {"words": "No."}),
        ("withdraw/", {"words": "x"}),
    ):
        sam.post(page + act, page=page, **told)
        assert "Only the customer acts on this page" in sam.text
    assert desk.state().story.number == before


def test_what_a_stranger_writes_is_new_and_nobody_elses_word(desk):
    desk.received()
    desk.do(desk.sam, correspondence.read)
    desk.hears("Believe me.", who="Stan <stan@x.example>")
    sam = Browser(desk.sam)
    sam.get("/today/")
    assert "A letter that nobody could confirm." in sam.text and "The points are right." not in sam.text
    sam.get(case_path(desk))
    assert "A letter came that is not confirmed to be from Ana." in sam.text
    desk.hears("It leaks again.")
    desk.hears("Believe me!", who="Stan <stan@x.example>")
    sam.get("/today/")
    assert "It leaks again." in sam.text and "nobody could confirm" not in sam.text
    desk.do(desk.sam, correspondence.read)
    sam.get("/today/")
    assert "You have read all they said." in sam.text
    desk.is_sound()


def test_a_letter_split_off_unread_is_new_in_its_own_case(desk):
    desk.live().received()
    desk.do(desk.sam, correspondence.read)
    desk.hears("And now the gutter leaks, too.")
    number = desk.state().story.came[-1].number
    sam = Browser(desk.sam)
    path = f"{case_path(desk)}letters/{number}/move/"
    sam.post(path, page=path, where="own", why="another thing")
    sam.get("/today/")
    assert "And now the gutter leaks, too." in sam.text
    desk.is_sound()


def test_a_held_letter_without_a_sender_goes_to_whom_the_page_named_or_to_nobody(desk):
    from tests.incidents.letterbox import comes, leave

    desk.live().received()
    leave(desk.now)
    kim = Browser(desk.kim)
    for blank, typed, receivers in ((b"\r\n", "", []), (b"\r\n\r\n", "vic@v.example", ["vic@v.example"])):
        filed = comes(desk, blank, "env@elope.example")
        assert filed.disposition == "quarantined"
        path = f"/held/{filed.letter}/"
        action = re.search(rf'action="([^"]*{filed.letter}[^"]*)"', kim.get(path).content.decode())[1]
        kim.post(action, page=path, sender=typed)
        assert leave(desk.live().later(seconds=1).now).receivers == receivers
        assert held.one(filed.letter) is None


def test_a_wrong_number_keeps_what_was_typed_about_a_held_letter(desk):
    desk.received()
    letter, kim = held_letter(desk), Browser(desk.kim)
    path = f"/held/{letter}/"
    action = re.search(rf'action="([^"]*{letter}[^"]*)"', kim.get(path).content.decode())[1]
    kim.post(action, page=path, where="case", to="AM-NOPE1", sender="vic@v.example")
    html = kim.answer.content.decode()
    assert 'value="AM-NOPE1"' in html and kim.answer.status_code == 422


def test_the_customers_other_open_cases_are_named_on_each(desk):
    young, old = two_cases(desk)
    sam = Browser(desk.sam)
    for case, other in ((young, old), (old, young)):
        desk.case = case
        sam.get(case_path(desk))
        assert f"Ana has other open cases: {desk.state(other).ref}" in sam.text


def test_machines_letters_say_what_they_are(desk):
    from tests.incidents.letterbox import comes, letter

    comes(
        desk,
        letter(
            "Your sign-in code is 123456.", From="no-reply@x.example", Subject="Confirm your e-mail address"
        ),
    )
    kim = Browser(desk.kim)
    kim.get("/held/?view=machines")
    assert "A mail server’s report" not in kim.text and "mail server's report" not in kim.text
