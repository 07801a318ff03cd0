"""Doors: each shows, asks the right act, and refuses strangers; the same for not there and not yours."""

import re
from urllib.parse import parse_qs

import pytest
from django.urls import reverse

from amends.casework import db, standing
from amends.casework.acts import standing as registering
from amends.casework.tokens import PAGE, REPLY, token
from amends.people.models import Staff
from amends.portal import views
from amends.post import held
from amends.rules import approvals, permissions, points
from amends.rules.entries import Place, RemedyKind
from amends.rules.permissions import ANYONE, DOORS, TOKEN
from amends.rules.values import Role
from tests.pages import Browser, case_path, portal_path
from tests.test_house import _patterns

NAMED = {name: pattern for name, pattern in _patterns(__import__("django.urls").urls.get_resolver())}


def _path(name: str, desk) -> str:
    case = desk.state()
    values = {
        "ref": case.ref,
        "number": 1,
        "token": token(PAGE, desk.case, case.customer),
        "customer": case.customer,
        "letter": "0" * 26,
        "grant": "0" * 26,
        "defect": "0" * 26,
        "claim": "0" * 26,
        "person": desk.sam.id,
        "mark": "0" * 12,
        "index": 0,
        "mailbox": "0" * 26,
        "told": "nothing",
    }
    if name.startswith(("desk:letter", "desk:file", "portal:file")):
        ours = name in ("desk:letter_again", "desk:letter_otherwise")
        values["number"] = case.story.sent[0] if ours else case.story.came[-1].number
    if name == "board:claim":
        values["claim"] = standing.listed()[0].id
    if name.startswith(("desk:held", "desk:take_in", "desk:set_aside")) and (
        waiting := held.waiting("held", 1)
    ):
        values["letter"] = waiting[0].id
    wanted = NAMED[name].pattern.converters
    return reverse(name, kwargs={key: values[key] for key in wanted})


def with_letters(desk) -> None:
    """A letter with a layout and a file on the case, one that is held, and a claim on record."""
    said = {"words": "We write within a day.", "owner": desk.ines.id, "by": desk.ines.actor, "now": desk.now}
    registering.register(place=Place.WEB_PAGE, **said)
    desk.hears(html="<p>It lifted <b>again</b>.</p>", file=b"a photograph")
    desk.hears(to="complaints@localhost", head="From: \r\n", words="Who am I?", html="<p>Who am I?</p>")


@pytest.fixture
def callers(desk):
    make = Staff.objects.create_user
    return {
        "nobody": None,
        Role.REP: desk.sam,
        Role.LEAD: desk.kim,
        Role.DIRECTOR: desk.ines,
        Role.EXECUTIVE: desk.lena,
        Role.ADMINISTRATOR: make("ada@desk.example", "Ada", Role.ADMINISTRATOR, desk.team),
        "elsewhere": desk.noor,
    }


@pytest.mark.parametrize("name", sorted(set(DOORS) - {"file_elsewhere"}))
def test_every_door_opens_for_those_in_the_table_and_for_nobody_else(desk, callers, name):
    desk.delivering()
    with_letters(desk)
    path, allowed = _path(name, desk), DOORS[name]
    for who, person in callers.items():
        browser = Browser(person)
        answer = browser.get(path)
        if allowed in (ANYONE, TOKEN):
            assert answer.status_code in (200, 302, 405), (name, who)
        elif who == "nobody":
            assert (answer.status_code, answer.url.split("?")[0]) == (302, "/sign-in/"), name
        elif who == "elsewhere":
            ours = "<str:ref>" in str(NAMED[name].pattern) or "<str:customer>" in str(NAMED[name].pattern)
            expected = (404, 405) if ours or Role.REP not in allowed else (200, 302, 404, 405)
            assert answer.status_code in expected, (name, who)
        elif who in allowed:
            ours = "<str:ref>" in str(NAMED[name].pattern)
            assert answer.status_code in (
                (200, 302, 405) if not ours or who != Role.ADMINISTRATOR else (404,)
            ), (name, who)
        else:
            assert answer.status_code == 404, (name, who)


def test_reading_every_page_changes_nothing(desk, callers):
    desk.proposed()
    with_letters(desk)
    tables = ("entries", "texts", "cases", "promises", "owed", "drafts", "presence", "letters", "files")
    tables += ("contents", "leaving", "mailboxes", "roads", "receipts")
    before = {table: db.rows(f"select * from {table}") for table in tables}
    for name in DOORS:
        for person in callers.values():
            Browser(person).get(_path(name, desk))
    for table in tables:
        assert db.rows(f"select * from {table}") == before[table], table


def test_a_case_of_another_team_and_one_that_is_not_there_answer_the_same(desk):
    desk.received()
    noor = Browser(desk.noor)
    yours, none = noor.get(case_path(desk)), noor.get("/cases/AM-22222/")
    assert (yours.status_code, none.status_code) == (404, 404)
    assert yours.content == none.content
    noor.get("/find/", q="torched")
    assert "Nobody said" in noor.text
    noor.get("/find/", q=desk.state().ref)
    assert desk.state().ref not in noor.text.replace(f"“{desk.state().ref}”", "")
    for page in ("/cases/?view=open", "/customers/", "/promises/?view=team", "/today/"):
        noor.get(page)
        assert "Whitlock" not in noor.text, page


def test_an_administrator_sees_accounts_and_no_case(desk):
    desk.received()
    ada = Staff.objects.create_user("ada@desk.example", "Ada", Role.ADMINISTRATOR, desk.team)
    assert permissions.sees(Role.ADMINISTRATOR, desk.team.id) is False
    assert Browser(ada).get(case_path(desk)).status_code == 404
    assert Browser(ada).get("/people/").status_code == 200


def test_whoever_leaves_is_out_at_once(desk):
    desk.received()
    sam = Browser(desk.sam)
    assert sam.get("/today/").status_code == 200
    Staff.objects.filter(id=desk.sam.id).update(is_active=False)
    assert sam.get("/today/").status_code in (302, 404)
    assert sam.get(case_path(desk)).status_code in (302, 404)


def test_the_address_that_takes_replies_opens_no_page(desk):
    desk.received()
    reply = token(REPLY, desk.case, desk.state().customer)
    assert Browser().get(f"/my/{reply}/").status_code == 404
    assert Browser().get(f"/my/{reply.upper()}/").status_code == 404
    assert Browser().get(f"/my/{'a' * 26}/").status_code == 404


def test_the_customers_page_holds_nothing_of_ours(desk):
    desk.grant(desk.kim, 100000, 100000)
    desk.working()
    from amends.casework.acts import messages
    from amends.rules import approvals, correspondence
    from amends.rules.entries import Channel, RemedyKind
    from amends.rules.values import DESK

    messages.write_note(desk.case, words="Marmalade is for us.", by=desk.sam.actor, now=desk.now)
    desk.do(
        desk.sam, approvals.ask, of=desk.kim.id, kind=RemedyKind.REFUND, amount=99900, unit="USD", why="Zebra"
    )
    desk.do(DESK, correspondence.hear, words="Forged from elsewhere", channel=Channel.EMAIL, unverified=True)
    ana = Browser()
    ana.get(portal_path(desk))
    for ours in ("Marmalade", "Zebra", "999", "Forged"):
        assert ours not in ana.text
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    for ours in ("Marmalade", "Zebra", "$999", "Forged"):
        assert ours in sam.text


def test_the_desk_sees_the_customers_page_word_for_word(desk):
    """All headings and words but the forms, which are the customer's alone."""
    desk.received(expects="That somebody comes the same day")
    ana, sam = Browser(), Browser(desk.sam)
    ana.get(portal_path(desk))
    sam.get(f"{case_path(desk)}see/")
    assert "That somebody comes the same day" in ana.text and "Your complaint, AM-" in ana.text

    def words(browser):
        html = browser.answer.content.decode()
        body = html[html.index('<dl class="state">') : html.index('<div class="side">')]
        body = re.sub(r"<(form|details class=\"disclosure)\b.*?</(form|details)>", " ", body, flags=re.S)
        return " ".join(re.sub(r"<[^>]+>", " ", body).split())

    assert words(sam) == words(ana)


def test_every_answer_carries_the_strict_headers(desk, callers):
    desk.received()
    for path, person in (
        ("/sign-in/", None),
        ("/complain/", None),
        (portal_path(desk), None),
        (case_path(desk), desk.sam),
        ("/nowhere/", None),
    ):
        answer = Browser(person).get(path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_form_without_its_token_is_refused_in_a_sentence(desk):
    desk.received()
    sam = Browser(desk.sam)
    answer = sam.client.post(case_path(desk) + "note/", {"words": "x"})
    assert answer.status_code == 403
    assert "This page had grown old." in answer.content.decode()


def test_what_was_typed_into_a_refused_answer_is_kept(desk):
    from amends.rules import correspondence
    from amends.rules.entries import Channel

    desk.live().received()
    sam = Browser(desk.sam)
    fields = sam.fields(case_path(desk))
    desk.do(desk.ana, correspondence.hear, words="Wait, one more thing.", channel=Channel.PORTAL)
    answer = sam.client.post(case_path(desk) + "answer/", {**fields, "words": "My long letter."})
    sam.answer = answer
    assert answer.status_code == 422
    assert (
        "Someone was quicker." in sam.text
        and "My long letter." in sam.text
        and "Wait, one more thing." in sam.text
    )
    sam.get(case_path(desk))
    assert "My long letter." in sam.text  # as a draft, too
    sam.post(case_path(desk) + "answer/", page=case_path(desk), words="My long letter.")
    assert desk.letters()[-1] == "reply"
    sam.get(case_path(desk))
    assert sam.text.count("My long letter.") == 1  # sent; the draft is gone


def test_two_people_in_one_case_see_each_other(desk):
    desk.received()
    sam, kim = Browser(desk.sam), Browser(desk.kim)
    sam.post(case_path(desk) + "presence/", page=case_path(desk))
    kim.post(case_path(desk) + "presence/", page=case_path(desk))
    assert "Sam Okafor" in kim.text
    sam.get(case_path(desk))
    assert "Kim Duarte is in this case too" in sam.text


def test_sign_in_counts_wrong_tries_and_then_waits(desk):
    desk.sam.set_password("right right right")
    desk.sam.save()
    browser = Browser()
    for _ in range(8):
        browser.post("/sign-in/", username="sam@desk.example", password="wrong")
        assert browser.answer.status_code == 422
    browser.post("/sign-in/", username="sam@desk.example", password="right right right")
    assert browser.answer.status_code == 429
    assert "Wait fifteen minutes" in browser.text


def test_search_finds_by_words_name_and_reference_at_once(desk):
    desk.received(
        words="Der Übergang über die Fuge ist gerissen, naïve façade.", name="Zoë Müller-Lüdenscheidt"
    )
    sam = Browser(desk.sam)
    for asked in ("fuge", "ubergang", "Übergang gerissen", "zoe", "LUDENSCHEIDT", "facade", "müller"):
        sam.get("/find/", q=asked)
        assert desk.state().ref in sam.text, asked
    for asked in (desk.state().ref, desk.state().ref.lower(), desk.state().ref[3:]):
        assert sam.client.get("/find/", {"q": asked}).url == case_path(desk)
    for hostile in (
        '"',
        "a OR b",
        "NEAR(",
        "*",
        "(",
        ":",
        "-",
        "'; drop table cases; --",
        "\0",
        "x" * 5000,
        "&|!",
        "\\",
    ):
        assert sam.get("/find/", q=hostile).status_code == 200, hostile


def test_the_search_field_holds_what_was_searched_for_and_nothing_else(desk):
    desk.working()
    desk.grant(desk.kim, 1_000_00, 1_000_00)
    asked = {"kind": RemedyKind.REFUND, "amount": 900_00, "unit": "USD", "why": "She is owed it."}
    desk.do(desk.sam, approvals.ask, of=desk.kim.id, **asked)
    kim = Browser(desk.kim)
    for path in ("/today/", "/team/", "/cases/", "/promises/", "/held/", case_path(desk)):
        assert 'name="q" value=""' in kim.get(path).content.decode(), path
    assert 'name="q" value="seam"' in kim.get("/find/", q="seam").content.decode()


def test_a_question_that_waits_is_said_at_the_head_of_the_day_of_whoever_was_asked(desk):
    desk.working()
    desk.grant(desk.kim, 1_000_00, 1_000_00)
    asked = {"kind": RemedyKind.REFUND, "amount": 900_00, "unit": "USD", "why": "She is owed it."}
    desk.do(desk.sam, approvals.ask, of=desk.kim.id, **asked)
    kim, sam = Browser(desk.kim), Browser(desk.sam)
    kim.get("/today/"), sam.get("/today/")
    assert "One question waits for your answer." in kim.text
    assert "for your answer" not in sam.text


def test_lists_ask_few_questions_of_the_database(desk, django_assert_max_num_queries):
    if db.is_postgres():  # numbers that rolled back work has used up lead to no further questions
        db.row("select setval(pg_get_serial_sequence('search_texts', 'id'), 50000)")
    for n in range(25):
        desk.case = ""
        desk.received(name=f"C{n}", address=f"c{n}@example.org")
    sam, case, page = Browser(desk.sam), case_path(desk), portal_path(desk)
    for address in ("/today/", "/find/?q=torched"):  # what a process remembers for a minute is remembered now
        sam.get(address)
    with django_assert_max_num_queries(17):
        sam.get("/today/")
    with django_assert_max_num_queries(5):
        sam.get("/cases/?view=open")
    with django_assert_max_num_queries(14):
        sam.get(case)
    with django_assert_max_num_queries(8):
        sam.get("/find/", q="torched")
    ana = Browser()
    with django_assert_max_num_queries(6):
        ana.get(page)


def hash_of(name: str) -> int:
    return sum(name.encode())


@pytest.mark.parametrize(
    "name", sorted(name for name, allowed in DOORS.items() if allowed not in (ANYONE, TOKEN))
)
def test_hostile_strings_break_no_form(desk, name, shared):
    """The strings of ../shared/hostile in every field of every form: a page or a refusal, never a stack trace."""
    import json

    desk.live().delivering()
    with_letters(desk)
    listed = json.loads((shared / "hostile" / "strings.json").read_text())["lists"]
    strings = [v for group in listed for v in group["values"] if isinstance(v, str) and len(v) < 200_000]
    sample = strings[hash_of(name) % 17 :: 17]
    kim = Browser(desk.kim)
    fields = kim.fields(case_path(desk))
    names = ("words", "why", "due", "owner", "deed", "amount", "kind", "unit", "number", "what", "through", "points", "proof", "harm", "finding", "cause", "to", "of", "q", "name", "reach", "received", "at", "seen", "next_update", "expected", "act", "1-deed", "1-due", "1-amount", "1-owner", "1-kind")  # fmt: skip
    for value in sample:
        token_field = {"csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]}
        answer = kim.client.post(_path(name, desk), {**dict.fromkeys(names, value), **token_field})
        assert answer.status_code < 500, (name, value[:60])
    assert "<script>alert" not in kim.get(case_path(desk)).content.decode()


def test_a_complaint_written_down_twice_after_going_back_is_one_case(desk):
    sam = Browser(desk.sam)
    told = {
        "name": "Ana Reyes",
        "reach": "ana@example.org",
        "words": "It leaks again.",
        "channel": "telephone",
    }
    for _again in range(2):  # each time the page is fetched anew, with another act id
        assert sam.post("/cases/new/", **told).status_code == 200
    assert len(desk.drawn("cases")) == 1
    sam.post("/cases/new/", **{**told, "words": "And the other gutter too."})
    assert len(desk.drawn("cases")) == 2


def test_an_address_nobody_can_write_to_is_not_taken_down(desk):
    sam = Browser(desk.sam)
    sam.post("/cases/new/", name="Ana", reach="typo@", words="It leaks.", channel="telephone")
    assert sam.answer.status_code == 422
    assert "typo@" in sam.text and "It leaks." in sam.text
    assert desk.drawn("cases") == []


def test_a_form_sent_after_signing_out_leads_back_to_its_page(desk):
    desk.received()
    sam, path = Browser(desk.sam), case_path(desk)
    fields = sam.fields(path)
    sam.post("/sign-out/", page=path, follow=False)  # in another window
    answer = sam.client.post(
        path + "answer/", {**fields, "words": "Hello"}, headers={"referer": f"http://localhost{path}"}
    )
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/sign-in/?next={path}")


def test_closing_with_nothing_ticked_says_so_and_a_refusal_keeps_the_view_and_the_ticks(desk):
    desk.working()
    sam, ref = Browser(desk.sam), desk.state().ref
    sam.post("/cases/close/?view=open", page="/cases/?view=open")
    assert "No case is ticked." in sam.text and "Every open case" in sam.text
    sam.post("/cases/close/?view=open", page="/cases/?view=open", ref=ref)
    assert sam.answer.status_code == 422
    assert "Every open case" in sam.text
    assert f'value="{ref}" checked' in sam.answer.content.decode()
    assert desk.stage() == "working"


def test_the_address_of_a_form_leads_back_to_where_it_stands(desk):
    desk.received()
    ana, sam = Browser(), Browser(desk.sam)
    page = ana.client.get(f"{portal_path(desk)}write/", headers={"accept": "text/html"})
    assert page.status_code == 302 and page["Location"] == portal_path(desk)
    page = sam.client.get(f"{case_path(desk)}answer/", headers={"accept": "text/html"})
    assert page.status_code == 302 and page["Location"] == case_path(desk)
    assert sam.client.get(f"{case_path(desk)}answer/").status_code == 405  # a program is told so


def test_what_was_done_is_said_to_whoever_did_it_and_by_no_link(desk, monkeypatch):
    first = desk.received()
    ana, page = Browser(), portal_path(desk)
    ana.post(f"{page}write/", page=page, words="It lifted again.")
    assert "Your words are on the file" in ana.text
    (told,) = parse_qs(ana.answer.request["QUERY_STRING"])["done"]
    ana.get(page, done=told)
    assert "Your words are on the file" in ana.text  # the very next moment
    desk.received(words="And now the gutter.")
    ana.get(portal_path(desk), done=told)  # of another case
    assert "Your words are on the file" not in ana.text
    desk.case = first
    monkeypatch.setattr(views, "_DONE_FOR", -1)  # the link, some minutes later
    ana.get(page, done=told)
    assert "Your words are on the file" not in ana.text
    ana.get(page, done="withdrawn")
    assert "You withdrew your complaint." not in ana.text
    ana.get(page)
    assert "Your words are on the file" not in ana.text


def test_our_wording_sent_back_unchanged_is_not_the_customers(desk):
    desk.received()
    desk.point("The seam is open")  # in our words
    desk.do(desk.sam, points.read_back)
    ana, page = Browser(), portal_path(desk)
    ana.get(page)
    assert ">The seam is open</textarea>" not in ana.answer.content.decode()
    ana.post(f"{page}correct/", page=page, number="1", words="The seam is open")
    assert ana.answer.status_code == 422 and "Nothing was changed." in ana.text
    assert not desk.state().points[0].verbatim


def test_not_at_all_is_not_put_right(desk):
    desk.delivered()
    ana, page = Browser(), portal_path(desk)
    ana.post(f"{page}settled/", page=page, rating="1", words="")
    assert ana.answer.status_code == 422 and "This is not settled" in ana.text
    assert not desk.state().settled


def test_whoever_is_signed_out_in_the_middle_is_told_in_place(desk):
    desk.received()
    sam = Browser(desk.sam)
    fields = sam.fields(case_path(desk))
    sam.client.logout()
    sam.client.get("/sign-in/")
    token = {"csrfmiddlewaretoken": sam.client.cookies["amends-form"].value}
    path = f"{case_path(desk)}check/"
    sam.answer = sam.client.post(path, {**fields, **token, "words": "Hello"}, headers={"hx-request": "true"})
    assert sam.answer.status_code == 401 and "You are signed out." in sam.text


def test_a_letter_begun_waits_on_today_until_it_leaves(desk, settings):
    settings.AMENDS_UNDO_SECONDS = 0
    desk.live().received()
    sam, base = Browser(desk.sam), case_path(desk)
    sam.get("/today/")
    assert "Begun, and not sent" not in sam.text
    sam.post(f"{base}draft/", page=base, words="The sheet you have is")
    sam.get("/today/")
    assert "Begun, and not sent" in sam.text and "Your letter to Ana Whitlock" in sam.text
    kim = Browser(desk.kim)
    kim.get("/today/")
    assert "Begun, and not sent" not in kim.text
    sam.post(f"{base}answer/", page=base, words="The sheet you have is of lot 2247.")
    sam.get("/today/")
    assert "Begun, and not sent" not in sam.text


def test_what_is_wrong_is_said_at_the_field_too(desk):
    desk.received()
    ana, page = Browser(), portal_path(desk)
    ana.post(f"{page}write/", page=page, words="")
    html = ana.answer.content.decode()
    assert (
        'id="write-words-error"' in html and 'href="#write-words"' in html and 'aria-invalid="true"' in html
    )
    assert "What you wrote is kept" not in ana.text and "Our letter: " in ana.text
