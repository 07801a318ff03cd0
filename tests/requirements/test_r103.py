"""R103 · Earn approval for the path forward.

Check: start delivery without an approval event that originates from the customer: refused; the approval shows the exact
option text they saw.
"""

import re

import pytest

from amends.casework import shown
from amends.rules import remedies
from amends.rules.entries import Lane
from amends.rules.refused import Reason, Refused
from tests.pages import Browser, case_path, portal_path

TEXT = "Twelve rolls from lot 2247, laid by our crew on Tuesday from 8:00, “no cost” & no forms <at all>."


def test_nothing_can_be_delivered_before_the_customer_has_chosen(desk):
    desk.live().proposed()
    with pytest.raises(Refused) as no:
        desk.do(desk.sam, remedies.deliver, number=1, proof="Delivery note 1")
    assert no.value.reason is Reason.NO_SUCH_REMEDY
    sam = Browser(desk.sam)
    sam.post(case_path(desk) + "remedies/1/", page=case_path(desk), proof="Delivery note 1")
    assert sam.answer.status_code == 422
    assert desk.stage() == "proposed" and not desk.state().remedies


@pytest.mark.parametrize("who", ["sam", "kim", "ines"])
def test_nobody_here_chooses_in_the_customers_place(desk, who):
    desk.proposed()
    digest = desk.state().option(1).offer.act.digest
    with pytest.raises(Refused) as no:
        desk.do(getattr(desk, who), remedies.accept, number=1, digest=digest)
    assert no.value.reason is Reason.ONLY_THE_CUSTOMER


def test_another_customer_does_not_either(desk):
    desk.proposed()
    case, digest = desk.case, desk.state().option(1).offer.act.digest
    desk.received(name="Bo", address="bo@example.org")
    with pytest.raises(Refused) as no:
        desk.do(desk.ana, remedies.accept, case=case, number=1, digest=digest)
    assert no.value.reason is Reason.ONLY_THE_CUSTOMER


def test_the_approval_shows_the_exact_text_they_saw(desk):
    desk.live()
    desk.proposed(desk.offer(TEXT))
    ana, path = Browser(), portal_path(desk)
    html = ana.get(path).content.decode()
    assert TEXT in ana.text
    choice = re.search(r'name="option" value="(1:[0-9a-f]{64})"', html).group(1)
    ana.post(path + "choose/", page=path, option=choice, words="Yes.")
    assert desk.stage() == "delivering"
    this = shown.load(desk.case)
    accepted = next(line for line in this.lines if type(line.entry).__name__ == "OptionAccepted")
    assert accepted.author == f"customer:{this.case.customer}"
    option = this.case.option(accepted.entry.number)
    assert accepted.entry.digest == option.offer.act.digest
    assert this.texts(option.offer.act) == TEXT
    chosen = next(line.entry for line in this.lines if getattr(line.entry, "kind", None) == "chosen")
    assert TEXT in this.texts(chosen.words)  # and so does the letter that confirms it
    desk.is_sound()


def test_a_choice_of_other_words_than_those_on_offer_is_refused(desk):
    desk.live()
    desk.proposed(desk.offer(TEXT))
    ana, path = Browser(), portal_path(desk)
    ana.post(path + "choose/", page=path, option="1:" + "0" * 64)
    assert ana.answer.status_code == 422
    assert "not the text on offer now" in ana.text
    assert desk.stage() == "proposed"


def test_a_choice_from_a_page_that_has_grown_old_takes_nothing_else_instead(desk):
    """The options were replaced while her page lay open: her old choice does not become a new one."""
    desk.proposed(desk.offer("A new sheet"))
    old = desk.state().option(1).offer.act.digest
    desk.do(desk.sam, remedies.propose, offers=(desk.offer("A patch"),))
    for number in (1, 2):
        with pytest.raises(Refused) as no:
            desk.do(desk.ana, remedies.accept, number=number, digest=old)
        assert no.value.reason in (Reason.OPTION_GONE, Reason.OTHER_TEXT)
    assert desk.stage() == "proposed"


def test_opening_the_link_chooses_nothing(desk):
    desk.proposed()
    ana, path = Browser(), portal_path(desk)
    for _ in range(3):
        ana.get(path)
        assert ana.client.get(path + "choose/").status_code == 405
    assert desk.stage() == "proposed"


def test_a_form_sent_twice_chooses_once(desk):
    desk.live()
    desk.proposed(desk.offer("A new sheet"), desk.offer("A credit", Lane.OURS))
    ana, path = Browser(), portal_path(desk)
    fields = ana.fields(path)
    digest = desk.state().option(1).offer.act.digest
    for _ in range(2):
        answer = ana.client.post(path + "choose/", {**fields, "option": f"1:{digest}"}, follow=True)
        assert answer.status_code == 200
    assert desk.words().count("option.accepted") == 1
    assert len(desk.state().remedies) == 1
