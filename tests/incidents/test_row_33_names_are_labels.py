"""Row 33. FreeScout: a zero-width space hid `.htaccess` from the check, and one mail ran code on the server.

A sender's file name is a label in the database; the bytes lie under their own hash, in no folder a web server reads.
"""

import pytest

from amends.casework import db, files, shown
from amends.post import outbox
from amends.rules import correspondence
from tests.incidents.letterbox import comes, letter
from tests.pages import Browser, case_path

NAMES = [
    "\u200b.htaccess", ".htaccess", "../../../../etc/cron.d/x", "..\\..\\x.php", "/etc/passwd", "C:\\autoexec.bat", "x.php\u200b",
    "x.php%00.jpg", "con", "a" * 5000, ".", "..", "-rf", "~/.ssh/authorized_keys", "seam.jpg\u202egpj.exe", "\ufeff.env", "x.phtml.",
]  # fmt: skip
CODE = b"<?php system($_GET['x']); ?>"


def _lain(settings) -> set:
    return {path for path in settings.AMENDS_HOME.rglob("*") if path.is_file()}


def _coded(name: str) -> str:
    from email.header import Header

    return Header(name, "utf-8").encode().replace("\n ", "\r\n ")


def test_no_file_of_a_letter_is_ever_laid_onto_the_disk_under_any_name(desk, settings):
    before, sam = _lain(settings), Browser(desk.sam)
    for name in NAMES:
        desk.case = comes(
            desk, letter(f"See {name[:40]}.", files=[(_coded(name), "application/x-php", CODE)])
        ).case
        (file,) = shown.load(desk.case).lines[0].entry.files
        sam.get(f"{case_path(desk)}files/1/0/")
        assert _lain(settings) == before, name
        assert set(file.content) <= set("0123456789abcdef") and len(file.content) == 64


def test_its_download_names_no_folder_and_stays_one_header(desk):
    sam = Browser(desk.sam)
    for name in NAMES:
        desk.case = comes(
            desk, letter(f"See {name[:40]}.", files=[(_coded(name), "application/x-php", CODE)])
        ).case
        answer = sam.get(f"{case_path(desk)}files/1/0/")
        told = answer.headers["Content-Disposition"]
        assert answer.status_code == 200 and answer.content == CODE, name
        assert told.startswith("attachment") and "\n" not in told and "\r" not in told, name
        assert answer.headers["Content-Type"] == "application/octet-stream"


def test_a_file_that_goes_out_keeps_to_its_letter_and_to_our_name_for_it(desk, settings):
    desk.received()
    for name in NAMES:
        file = files.keep(CODE, name, "application/x-php")
        desk.do(
            desk.sam, correspondence.write, words="The sheet is enclosed, with the lot marked.", files=(file,)
        )
    outbox.send_owed(desk.now)
    laid, folder = _lain(settings), settings.AMENDS_HOME / "outbox"
    assert len(laid) == 1 + len(NAMES)
    assert all(path.parent == folder and path.suffix == ".eml" for path in laid)
    assert all(len(path.stem) == 26 and path.stem.isalnum() for path in laid)


def test_the_bytes_lie_encrypted_under_a_hash_nobody_can_guess_from_the_file(desk):
    import hashlib

    comes(desk, letter("See.", files=[("x.php", "application/x-php", CODE)]))
    ((hashed, cipher),) = db.rows("select hash, cipher from contents")
    assert hashed != hashlib.sha256(CODE).hexdigest() and CODE not in bytes(cipher)


@pytest.mark.parametrize("path", ["contents/", "static/../amends.sqlite3", "static/..%2f..%2fsettings.py", "files/", "outbox/", "var/", "keys/secret", ".env"])  # fmt: skip
def test_the_desks_folders_are_not_on_the_web(desk, path):
    comes(desk, letter("See.", files=[("x.php", "application/x-php", CODE)]))
    assert Browser(desk.sam).get(f"/{path}").status_code in (302, 404)
