"""R006 · No con-artist skills: the truth gate."""

import re
from datetime import timedelta

import pytest

from amends.casework import db, shown
from amends.casework.acts import defects
from amends.look.disclosure import as_text
from amends.rules import cases, correspondence, points, power, promises
from amends.rules.entries import Enclosure, Finding, RemedyKind
from amends.rules.refused import Missing, Reason, Refused
from amends.rules.values import Text
from tests.pages import Browser, case_path

NORMAL = "We looked at your photographs. This is normal for R-40."


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.AMENDS_UNDO_SECONDS = 0


def known_defect(desk) -> str:
    """R-40 has an open known defect."""
    return defects.open_defect(
        name="D-112",
        products="R-40, R-41",
        words="The film lets go in the heat.",
        by=desk.kim.actor,
        now=desk.now,
    ).file


def answered(desk, person, words, **more):
    browser = Browser(person)
    browser.post(f"{case_path(desk)}answer/", page=case_path(desk), words=words, **more)
    return browser


def field(browser, what: str) -> list[str]:
    """Names of the fields under the letter that answer marks of one sort."""
    return re.findall(rf'name="({what}:[^"]+)"', browser.answer.content.decode())


def stopped(desk, words, by=None) -> set:
    with pytest.raises(Refused) as no:
        desk.do(by or desk.sam, correspondence.write, words=words)
    assert no.value.reason is Reason.WORDS_NOT_READY
    return {what for what, _words in no.value.facts["missing"]}


def test_what_is_a_known_defect_is_not_called_normal_and_the_defect_is_named(desk):
    desk.live().received()
    known_defect(desk)
    sam = answered(desk, desk.sam, NORMAL)
    assert sam.answer.status_code == 422
    assert "Stopped." in sam.text and "D-112, R-40" in sam.text and "Take it out" in sam.text
    assert desk.letters() == ["receipt"]


def test_a_link_is_enough_where_no_product_is_named(desk):
    desk.received(words="It lifted after six weeks.")
    defect = known_defect(desk)
    assert stopped(desk, "This is perfectly normal.") == {Missing.NOT_SHOWN}
    defects.link_defect(desk.case, defect=defect, by=desk.sam.actor, now=desk.now)
    assert stopped(desk, "This is perfectly normal.") == {Missing.CONTRADICTED}
    assert stopped(desk, "This is the first we have heard of it.") == {Missing.CONTRADICTED}


def test_a_rep_cannot_let_it_go_and_a_lead_only_with_a_reason(desk):
    desk.live().received()
    known_defect(desk)
    kim = answered(desk, desk.kim, NORMAL)
    (key,), (looked,) = field(kim, "despite"), field(kim, "shown")
    for person, why in ((desk.sam, "Because I say so"), (desk.kim, " ")):
        again = answered(desk, person, NORMAL, **{key: why, looked: "Seen at 11:10"})
        assert again.answer.status_code == 422, why
    assert desk.letters() == ["receipt"]
    kim = answered(desk, desk.kim, NORMAL, **{key: "The lab cleared this lot on Tuesday", looked: "Seen at 11:10"})  # fmt: skip
    assert kim.answer.status_code == 200
    assert desk.letters() == ["receipt", "reply"]
    assert desk.words()[-4:].count("claim.overridden") == 1


def test_what_went_in_spite_stands_before_directors_and_executives_on_the_case_and_in_the_customers_copy(
    desk,
):
    test_a_rep_cannot_let_it_go_and_a_lead_only_with_a_reason(desk)
    for above in (Browser(desk.ines), Browser(desk.lena)):
        above.get("/board/")
        assert "is normal for R-40" in above.text and "Kim Duarte" in above.text
        assert "The lab cleared this lot on Tuesday" in above.text
        assert "it is a known defect: D-112" in above.text
    sam = Browser(desk.sam)
    sam.get(case_path(desk))
    assert "The lab cleared this lot on Tuesday" in sam.text
    assert "The lab cleared this lot on Tuesday" in as_text(shown.load(desk.case))
    assert sam.get("/board/").status_code == 404
    desk.is_sound()


def test_an_old_one_leaves_the_week_and_stays_on_the_list(desk):
    test_a_rep_cannot_let_it_go_and_a_lead_only_with_a_reason(desk)
    db.change("update overrides set at = at - %s", [8 * 86_400_000_000])
    ines = Browser(desk.ines)
    ines.get("/board/")
    assert "Nothing left the desk this week" in ines.text and "The lab cleared this lot" in ines.text


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("Your refund is on its way.", Missing.CONTRADICTED),
        ("We have refunded you in full.", Missing.CONTRADICTED),
        ("My manager has looked at it.", Missing.CONTRADICTED),
        ("My manager says no.", Missing.CONTRADICTED),
        ("My manager Kim approved the answer.", Missing.CONTRADICTED),
        ("Following my conversation with my manager I can say no.", Missing.CONTRADICTED),
        ("When I read your letter I spoke with my manager.", Missing.CONTRADICTED),
        ("Once your letter came we refunded you in full.", Missing.CONTRADICTED),
        ("We have refunded you in full, haven't we?", Missing.CONTRADICTED),
        ("This is the first we have heard of it, could you send a photo?", Missing.NOT_SHOWN),
        ("If I am honest this is the first we have heard of it.", Missing.NOT_SHOWN),
        ("\u0406 spoke with my manager.", Missing.CONTRADICTED),  # a Cyrillic letter alone
        ("l sp0ke with my manager.", Missing.CONTRADICTED),
        ("I\u3164spoke with my manager.", Missing.CONTRADICTED),  # a blank that is a letter
        ("I spoke\n\nwith my manager.", Missing.CONTRADICTED),
        ("We have refun-\nded you in full.", Missing.CONTRADICTED),
        ("I spoke (yes, really) with my manager.", Missing.CONTRADICTED),
        ("Refund: paid.\nSheet: sent.", Missing.CONTRADICTED),
        (
            '"We have refunded you in full." Which roof is it?',
            Missing.CONTRADICTED,
        ),  # in quotes nobody said it in
        ("> I spoke with my manager.", Missing.CONTRADICTED),
        ('The 2" nail holds. I spoke with my manager. The 3" nail does not.', Missing.CONTRADICTED),
        ("I have spo\u200bken with my mana\u200bger.", Missing.CONTRADICTED),
        ("I have spoken\nwith my manager.", Missing.CONTRADICTED),
        ("I h\u0430ve spoken with my m\u0430n\u0430ger.", Missing.CONTRADICTED),  # Cyrillic a
        ("This is within tolerance.", Missing.NOT_SHOWN),
        ("We haven't heard of this before.", Missing.NOT_SHOWN),
        ("I have passed this on to our billing team.", Missing.NOT_SHOWN),
    ],
)
def test_claims_are_held_against_the_file_however_they_are_written(desk, words, missing):
    desk.received()
    assert missing in stopped(desk, words)


def test_an_unsupported_claim_asks_for_its_support_and_goes_with_it(desk):
    desk.live().received()
    words = "I have passed this on to our billing team."
    sam = answered(desk, desk.sam, words)
    assert "Not shown yet." in sam.text and "What shows it?" in sam.text
    sam = answered(desk, desk.sam, words, **{field(sam, "shown")[0]: "Told Priya at 11:10"})
    assert sam.answer.status_code == 200 and desk.letters()[-1] == "reply"
    assert "Told Priya at 11:10" in Browser(desk.sam).get(case_path(desk)).content.decode()
    assert stopped(desk, words + " Again.") == {
        Missing.NOT_SHOWN
    }  # what was said once bears out nothing twice


def test_the_subject_and_the_name_of_a_file_claim_as_well(desk):
    desk.received()
    name = Text("I_spoke_with_my_manager.pdf")
    file = Enclosure(name=name, type="application/pdf", size=3, content="0" * 64)
    with pytest.raises(Refused):
        desk.do(desk.sam, correspondence.write, words="The sheet is enclosed for you.", files=(file,))
    with pytest.raises(Refused):
        desk.do(desk.sam, correspondence.write, words="Which roof is it?", subject="I spoke with my manager")
    assert desk.letters() == ["receipt"]


def test_no_other_way_out_of_the_desk_goes_around_the_gate(desk):
    desk.grant(desk.sam, 100_00, 1000_00)
    desk.understood()
    known_defect(desk)
    lie = "I spoke with my manager. This is normal for R-40."
    soon = desk.now + timedelta(days=2)
    ways = (
        (promises.need_time, {"points": (), "words": lie, "owner": desk.sam.id, "due": soon}),
        (promises.make, {"deed": lie, "owner": desk.sam.id, "due": soon}),
        (points.find, {"number": 1, "finding": Finding.NOT_UPHELD, "cause": lie, "our_error": False}),
    )
    for verb, asked in ways:
        with pytest.raises(Refused) as no:
            desk.do(desk.sam, verb, **asked)
        assert no.value.reason is Reason.WORDS_NOT_READY, verb
    desk.do(desk.sam, cases.assess, harm=2)
    for number in (1, 2):
        desk.found(number)
    for grant in [row[0] for row in db.rows("select id from grants")]:
        desk.do(desk.sam, power.dispose, grant=grant, why="Money mends no roof")
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, power.refuse, why=lie)
    assert no.value.reason is Reason.WORDS_NOT_READY
    assert "request.refused" not in desk.words()
    desk.is_sound()


def test_whoever_builds_the_act_by_hand_meets_the_wall_as_well(desk):
    from amends.casework import facts
    from amends.casework.record import Step, record

    desk.received()
    known = {"now": desk.now, "house": facts.house(), "by": desk.sam.actor, "weighed": ()}
    asked = {"words": Text("I spoke with my manager."), **known}
    with pytest.raises(Refused):
        record(Step("case", desk.case, correspondence.write, asked), by=desk.sam.actor, now=desk.now)
    assert desk.letters() == ["receipt"]


def test_nothing_more_can_be_done_is_not_so_while_something_is_in_ones_power(desk):
    desk.grant(desk.sam, 100_00, 1000_00)
    desk.working()
    words = "There is nothing more we can do for you."
    assert stopped(desk, words) == {Missing.CONTRADICTED}
    (grant,) = [row[0] for row in db.rows("select id from grants")]
    desk.do(desk.sam, power.dispose, grant=grant, why="Money mends no roof")
    desk.do(desk.sam, correspondence.write, words=words)
    assert desk.letters()[-1] == "reply"


def test_what_was_done_may_be_said(desk):
    desk.grant(desk.sam, 100_00, 1000_00)
    desk.proposed(desk.offer("A new sheet"), desk.offer("Fifty back", kind=RemedyKind.REFUND, amount=50_00))
    desk.choose(2)
    assert stopped(desk, "We have refunded you.") == {Missing.CONTRADICTED}  # granted is not paid
    remedy = desk.state().remedies[0].number
    from amends.rules import remedies

    desk.do(desk.sam, remedies.deliver, number=remedy, proof="Transfer 8841, booked today")
    desk.do(desk.sam, correspondence.write, words="We have refunded you.")
    assert desk.letters()[-1] == "reply"


def test_a_claim_does_not_hide_behind_the_length_of_a_letter(desk):
    desk.received()
    long = "The sheet was laid on the second, and it rained. " * 3000
    assert stopped(desk, f"{long}\n\nI spoke with my manager.") == {Missing.CONTRADICTED}


@pytest.mark.parametrize(
    "words",
    [
        "Guten Tag Frau Whitlock, vielen Dank für Ihre Nachricht, die wir am Montag erhalten haben. I spoke with my manager. Mit freundlichen Grüßen",
        "Thank you for the photographs, which we have here on the table. Ich habe mit meiner Vorgesetzten gesprochen. Kind regards",
        "Ich habe mit meinem Chef gesprochen.",
        "He consultado con mi supervisor.",
    ],
)
def test_a_claim_does_not_hide_in_another_language(desk, words):
    desk.received()
    assert Missing.CONTRADICTED in stopped(desk, words)


def test_nor_in_a_point_in_our_own_words_nor_in_a_name_when_the_act_is_built_by_hand(desk):
    from amends.casework import facts
    from amends.casework.record import Step, record

    desk.received()
    with pytest.raises(Refused) as no:
        desk.point("I spoke with my manager and he says no")
    assert no.value.reason is Reason.WORDS_NOT_READY
    file = Enclosure(
        name=Text("I_spoke_with_my_manager.pdf"), type="application/pdf", size=3, content="0" * 64
    )
    known = {"now": desk.now, "house": facts.house(), "by": desk.sam.actor, "weighed": (), "files": (file,)}
    asked = {"words": Text("The sheet is enclosed."), **known}
    with pytest.raises(Refused):
        record(Step("case", desk.case, correspondence.write, asked), by=desk.sam.actor, now=desk.now)


def test_two_promises_for_the_same_moment_are_two_and_one_that_is_repeated_is_one(desk):
    desk.received()
    due = desk.now.replace(hour=17, minute=0) + timedelta(days=2)
    desk.do(desk.sam, promises.make, deed="Ring you with the day the crew comes", owner=desk.sam.id, due=due)
    desk.do(desk.sam, correspondence.write, words="We will put up a sign at the yard by Friday.")
    assert len([p for p in desk.state().promises if p.due == due]) == 2
    desk.do(
        desk.sam, correspondence.write, words="As promised, we will put up the sign at the yard by Friday."
    )
    assert len([p for p in desk.state().promises if p.due == due]) == 2
