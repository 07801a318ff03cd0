"""The index of words, written in the same transaction as what it indexes: FTS5 here, tsvector there.

It holds plain words, so it is personal text itself; it leaves with the key, and backups leave it out.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime

from amends.casework import db
from amends.casework.moments import micro
from amends.rules import entries as e
from amends.rules.entries import LetterKind

LONGEST = 100_000
AT_ONCE = 200  # hits looked at together
# How many of the newest texts each round looks through on PostgreSQL, whose index gives hits in no order.
WINDOWS = (2_000, 20_000, 200_000, 2**62, 2**62, 2**62)

Indexed = tuple[str, str, datetime, str]  # case, text, at, words

_LINK = re.compile(r"/my/[a-z2-7]{20,}", re.IGNORECASE)
_WORD = re.compile(r"\w+", re.UNICODE)


def folded(words: str) -> str:
    """Words as the index has them: without accents, in small letters, nothing but letters and digits.

    The key in a customer's link is no word: whoever searches must not find it, and whoever steals the index neither.
    """
    if "/my/" in words:
        words = _LINK.sub("/my/ ", words)
    if not words.isascii():
        words = "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c))
    return " ".join(_WORD.findall(words[:LONGEST].replace("\0", " ").lower()))


def worth_finding(case: str, entry, at: datetime, plain: dict[str, str]) -> list[Indexed]:
    """What of a new entry is found by its words: what customers and people here said, options and remedies."""
    texts = said(entry)
    return [(case, text.id, at, folded(plain.get(text.id, ""))) for text in texts if text.id in plain]


def by_name(case: str, text: str, at: datetime, names: tuple[str, ...]) -> Indexed:
    """A case is found by its customer's name, address and company, under the id of the name's text."""
    return (case, text, at, folded(" ".join(names)))


def said(entry) -> list:
    """The texts of an entry that are found by their words."""
    match entry:
        case e.CaseReceived():
            return [entry.words, entry.subject]
        case (
            e.LetterReceived()
            | e.LetterReread()
            | e.ContactLogged()
            | e.NoteWritten()
            | e.PointCorrected()
            | e.PointRaised()
        ):
            return [entry.words]
        case e.LetterSent(kind=LetterKind.REPLY | LetterKind.HOLDING | LetterKind.NEED_TIME):
            return [entry.words]
        case (
            e.EffectHeard() | e.ProblemAgreed() | e.CaseWithdrawn() | e.CaseUnsettled() | e.OptionsDeclined()
        ):
            return [entry.words]
        case e.PointFound():
            return [entry.cause]
        case e.RequestRefused() | e.ApprovalAsked() | e.ApprovalDeclined():
            return [entry.why]
        case e.RemedyDelivered():
            return [entry.proof]
        case e.OptionProposed() | e.RemedyGranted(option=0):
            return [entry.offer.act]
        case _:
            return []


def add(indexed: list[Indexed]) -> None:
    """Put words into the index. A text of one case is there once."""
    indexed = list({(row[0], row[1]): row for row in indexed if row[3]}.values())
    if not indexed:
        return
    if db.is_postgres():
        db.change_many(
            "insert into search_texts (\"case\", text, at, words) values (%s, %s, %s, to_tsvector('simple', %s))"
            " on conflict do nothing",
            [(case, text, micro(at), words) for case, text, at, words in indexed],
        )
        return
    newest = db.row("select coalesce(max(id), 0) from search_texts")[0]
    numbered = [(newest + 1 + n, *row) for n, row in enumerate(indexed)]
    db.change_many(
        'insert into search_texts (id, "case", text, at) values (%s,%s,%s,%s)',
        [(n, case, text, micro(at)) for n, case, text, at, _ in numbered],
    )
    db.change_many(
        "insert into search_words (rowid, words) values (%s,%s)",
        [(n, words) for n, _, _, _, words in numbered],
    )


def find(words: str, most: int, seen: Callable[[list[str]], set[str]]) -> dict[str, str]:
    """The newest cases in which a text holds all these words: {case: text}, at most `most`.

    seen  says which of some cases the asker may see; hits are taken in rounds until enough are left
    """
    terms = folded(words).split()[:12]
    found: dict[str, str] = {}
    oldest, newest = _span()
    before = newest + 1
    for window in WINDOWS if terms else ():
        hits = _hits(terms, before, before - window if db.is_postgres() else 0)
        fresh = [(case, text) for _, case, text in hits if case not in found]
        allowed = seen(list(dict.fromkeys(case for case, _ in fresh)))
        for case, text in fresh:
            if case in allowed:
                found.setdefault(case, text)
        full = len(hits) == AT_ONCE
        before = hits[-1][0] if full else before - window
        if len(found) >= most or before <= oldest or not (full or db.is_postgres()):
            break
    return dict(list(found.items())[:most])


def _span() -> tuple[int, int]:
    """The numbers of the oldest and the newest text. Work that was rolled back has used some up."""
    oldest, newest = (f"coalesce((select {end}(id) from search_texts), 0)" for end in ("min", "max"))
    return db.row(f"select {oldest}, {newest}")


def _hits(terms: list[str], before: int, since: int) -> list[tuple[int, str, str]]:
    """The newest texts numbered from `since` to below `before` that hold all the terms, the last also as a beginning."""
    if db.is_postgres():
        query = " & ".join(f"{term}:*" if n == len(terms) - 1 else term for n, term in enumerate(terms))
        return db.rows(
            'select id, "case", text from (select id, "case", text from search_texts'
            " where words @@ to_tsquery('simple', %s) and id < %s and id >= %s offset 0) s"
            f" order by id desc limit {AT_ONCE}",
            [query, before, since],
        )
    query = " ".join(f'"{term}"*' if n == len(terms) - 1 else f'"{term}"' for n, term in enumerate(terms))
    return db.rows(
        'select s.id, s."case", s.text from (select rowid from search_words where search_words match %s and rowid < %s'
        f" order by rowid desc limit {AT_ONCE}) w cross join search_texts s on s.id = w.rowid order by s.id desc",
        [query, before],
    )


def empty() -> None:
    """Before the index is redrawn."""
    db.change("delete from search_texts")
    if not db.is_postgres():
        db.change("insert into search_words (search_words) values ('delete-all')")
