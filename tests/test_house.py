"""The house holds together: rooms, locks, sentences and settings. Each message says where a line would feel at home."""

import ast
import re
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver

from amends.look import file as told
from amends.look import sentences
from amends.rules import entries, permissions
from amends.rules.refused import Missing, Reason
from amends.rules.values import Role
from amends.rules.vocabulary import Word

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "amends"

# Whom each room may call. Doors never call each other; only the timetable may call any room's chores.
MAY_CALL = {
    "rules": {"rules"},
    "words": {"words"},
    "people": {"people", "rules", "look"},
    "casework": {"casework", "rules", "words", "people"},
    "look": {"look", "casework", "rules", "people"},
    "insight": {"insight", "casework", "rules", "people"},
    "desk": {"desk", "look", "casework", "rules", "people", "insight", "post"},
    "board": {"board", "look", "casework", "rules", "people", "insight"},
    "portal": {"portal", "look", "casework", "rules"},
    "post": {"post", "casework", "rules", "people"},
    "timetable": {"timetable", "post", "casework", "rules", "people"},
}
OURS_IN_PERSON = (entries.LetterKind.REPLY, entries.LetterKind.HOLDING)
COMMON = {"ids", "env", "keys", "settings", "start", "tongue"}


def _modules():
    for path in sorted(HOUSE.rglob("*.py")):
        room = path.relative_to(HOUSE).parts[0]
        if room in MAY_CALL and "tests" not in path.parts and "migrations" not in path.parts:
            yield room, path


def _imports(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize(("room", "path"), list(_modules()), ids=lambda x: str(x).replace(str(HOUSE), ""))
def test_no_import_goes_against_the_floor_plan(room, path):
    for name in _imports(path):
        first, _, rest = name.partition(".")
        if first == "amends":
            called = rest.split(".")[0]
            allowed = MAY_CALL[room] | COMMON
            assert called in allowed, (
                f"{path.name} of {room}/ reaches into {called}/; would it feel at home there, or in casework?"
            )


@pytest.mark.parametrize("path", [p for r, p in _modules() if r in ("rules", "words")], ids=lambda p: p.name)
def test_rules_and_words_are_pure(path):
    for name in _imports(path):
        first = name.split(".")[0]
        if path.parent.name == "words" and (first == "unicodedata" or path.name == "languages.py"):
            continue  # a language is data of the package, read once
        assert first in {"amends", "msgspec", "collections", "datetime", "enum", "functools", "zoneinfo", "re", "typing", "itertools", "bisect", "calendar", "math", "numpy", "zlib"}, (
            f"{path.name} imports {name}; what needs the world belongs in casework/ or a door"
        )  # fmt: skip
    text = path.read_text()
    for clock in (".now(", "utcnow(", "today()", "time.time("):
        assert clock not in text, f"{path.name} asks the time; it is told it"


@pytest.mark.parametrize("path", sorted((HOUSE / "post" / "reader").glob("*.py")), ids=lambda p: p.name)
def test_the_reader_of_letters_is_pure(path):
    """It runs in the cage on strangers' bytes: it knows no database, no settings and no clock."""
    for name in _imports(path):
        room = name.split(".")[1] if name.startswith("amends.") else ""
        ours = name.startswith(("amends.post.reader", "amends.rules"))
        assert ours or not room, (
            f"{path.name} reaches into {room}/; a reader of bytes needs nothing from there"
        )
        assert not name.startswith("django"), f"{path.name} imports {name}"


def _patterns(resolver, namespace=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield namespace + (pattern.name or ""), pattern
        else:
            yield from _patterns(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)


def test_every_url_has_a_lock_or_says_it_is_public():
    named = {name for name, _ in _patterns(get_resolver())}
    assert named - set(permissions.DOORS) == set(), (
        "a URL without a row in rules/permissions.py opens for nobody"
    )
    assert set(permissions.DOORS) - named == set(), "a row in rules/permissions.py whose URL is gone"


def test_every_reason_and_every_missing_thing_has_a_sentence_and_a_place():
    assert set(Reason) == set(sentences._REFUSALS)
    assert set(Missing) == set(sentences.MISSING) == set(sentences.MISSING_AT)


def test_every_word_of_a_case_has_a_sentence_and_every_word_is_used():
    kinds = [
        k
        for k in vars(entries).values()
        if isinstance(k, type) and issubclass(k, entries.Entry) and k is not entries.Entry
    ]
    assert {kind.__struct_config__.tag for kind in kinds} == {word.value for word in Word}
    elsewhere = {
        entries.CustomerMet,
        entries.CustomerWrote,
        entries.AddressFailed,
        entries.AddressWorks,
        entries.AddressCorrected,
        entries.GrantIssued,
        entries.GrantRevoked,
        entries.StandingRegistered,
        entries.StandingMeasureSet,
        entries.StandingWentLive,
        entries.StandingMeasured,
        entries.StandingWithdrawn,
        entries.DefectOpened,
        entries.DefectClosed,
    }
    assert set(kinds) - elsewhere == set(told._LINES)


def test_every_name_on_screen_covers_its_enum():
    assert set(sentences.KINDS) == set(entries.RemedyKind)
    assert set(sentences.LETTERS) == set(entries.LetterKind)
    assert set(sentences.CHANNELS) == set(entries.Channel)
    assert set(sentences.HARMS) == set(entries.Harm)
    assert set(sentences.FINDINGS) == set(entries.Finding)
    assert set(sentences.ROLES) == set(Role)
    assert set(sentences.STEPS) == set(entries.Step)


def test_every_letter_the_desk_writes_has_its_file():
    folder = HOUSE / "casework" / "letters" / "en"
    drawn = {kind.value for kind in entries.LetterKind if kind not in OURS_IN_PERSON}
    assert drawn == {path.stem for path in folder.glob("*.md")}
    for path in folder.glob("*.md"):
        assert path.read_text().startswith("Subject: "), f"{path.name} begins with its subject"


def test_every_setting_has_a_paragraph():
    text = (ROOT / "docs" / "running.md").read_text()
    for file in ("settings.py", "env.py", "timetable/worker.py", "post/deliver.py"):
        for name in re.findall(r'"((?:AMENDS|DATABASE)_[A-Z_]+)"', (HOUSE / file).read_text()):
            assert f"`{name}`" in text, f"{name} has no paragraph in docs/running.md"


def test_pages_carry_no_style_or_script_of_their_own():
    for page in HOUSE.rglob("pages/**/*.html"):
        text = page.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)", text), (
            f"{page.name}: the content policy forbids it"
        )


def test_vendored_files_are_the_ones_listed():
    import hashlib

    base = HOUSE / "look" / "static" / "look"
    listed = re.findall(r"([0-9a-f]{64})\s+(\S+)", (base / "vendor" / "VENDORED.txt").read_text())
    assert listed
    for digest, name in listed:
        found = [path for path in base.rglob(Path(name).name)]
        assert any(hashlib.sha256(path.read_bytes()).hexdigest() == digest for path in found), name
