"""Row 9. osTicket: the body of one TNEF mail replaced the bodies of all that followed in the run.

Reading is a pure function of one letter's bytes; the order of delivery changes no reading.
"""

import random

import pytest

from amends.casework import db
from amends.post import box
from amends.post.reader.reading import Letter
from amends.post.reader.tests.test_tnef import TEXT16, message, packed
from tests.incidents.letterbox import file_all, letter

BODY = 0x1000
WINMAIL = packed(message((BODY, TEXT16, "The body inside of the winmail file.")))


def _letters() -> list[bytes]:
    """Every kind of thing a reader might remember: charsets, bodies inside of files, boundaries, layouts, no words."""
    made = [letter(f"Plain {n}.", Message_ID=f"<plain-{n}@x>", From=f"c{n}@x{n}.example") for n in range(4)]
    made.append(
        letter(
            "",
            Message_ID="<tnef@x>",
            From="t@x.example",
            files=[("winmail.dat", "application/ms-tnef", WINMAIL)],
        )
    )
    made.append(letter("Words.", html="<p>Layout.</p>", Message_ID="<html@x>", From="h@x.example"))
    made.append(letter("", html="<p>Layout only.</p>", Message_ID="<only@x>", From="o@x.example"))
    made.append(
        letter("With a file.", files=[("a.txt", "text/plain", b"inside")], Message_ID="<file@x>", From="f@x")
    )
    koi = letter("@@", Message_ID="<koi@x>", From="k@x.example").replace(b"charset=utf-8", b"charset=koi8-r")
    made.append(koi.replace(b"@@\r\n", "Кровля течёт\r\n".encode("koi8-r")))
    made.append(letter("", Message_ID="<empty@x>", From="e@x.example"))
    return made


def _readings(desk, raws: list[bytes]) -> dict[str, Letter]:
    """What became of each, by its Message-ID."""
    ids = box.put([box.Delivery(raw) for raw in raws])
    file_all(desk.now)
    made = {reading.message_id: reading for reading in box.readings(ids).values()}
    db.change("delete from letters")
    return made


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_delivery_changes_no_reading(desk, seed):
    raws = _letters()
    first = _readings(desk, raws)
    assert len(first) == len(raws)
    shuffled = random.Random(seed).sample(raws, len(raws))
    assert _readings(desk, shuffled) == first


def test_the_body_of_a_tnef_letter_stays_its_own(desk):
    tnef = _letters()[4]
    read = _readings(desk, [tnef, *_letters()[:4], _letters()[-1]])
    assert "inside of the winmail file" in read["<tnef@x>"].text
    for name, reading in read.items():
        assert name == "<tnef@x>" or "winmail" not in reading.text, name
    assert read["<empty@x>"].text.strip() == ""


def test_each_alone_reads_as_it_did_among_the_others(desk):
    together = _readings(desk, _letters())
    for raw in _letters():
        ((name, alone),) = _readings(desk, [raw]).items()
        assert alone == together[name]
