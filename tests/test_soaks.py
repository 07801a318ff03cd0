"""The long runs in short: kills on every road, a mail server in every mood, damaged letters, machines that answer.

`python -m tests.soaks.NAME` makes the long ones, with the sizes it is given.
"""

import pytest
from django.db import connection

from tests.own_database import fresh
from tests.soaks import dovecot, kills, machines, mutants, sinks

KILLS = 16  # on each road


def _url() -> str:
    """The database that Django is connected to, for a desk in another process."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{settings['NAME']}"
    host = settings["HOST"] or settings["OPTIONS"].get("host", "")
    return f"postgresql://{settings['USER']}@/{settings['NAME']}?host={host}"


@pytest.fixture
def url(empty_database) -> str:
    return _url()


@pytest.fixture
def another_url(url, tmp_path) -> str:
    with fresh(tmp_path / "another"):
        yield _url()


@pytest.fixture
def home(tmp_path):
    """Makes homes for desks."""
    (tmp_path / "another").mkdir()

    def make(name: str):
        folder = tmp_path / name
        folder.mkdir()
        return folder

    return make


def test_no_accepted_letter_is_lost_and_none_is_visible_twice_on_any_road(url, home, figure):
    roads = kills.ROADS if dovecot.available() else kills.ROADS[:-1]
    for figures in kills.soak(KILLS, 1, home("desk"), url, roads):
        figure(str(figures))
        assert figures.points >= KILLS * 0.75
        assert not figures.findings, "\n".join(figures.findings)


def test_letters_end_in_a_true_state_whatever_the_mail_server_does_and_whoever_is_killed(url, home, figure):
    figures = sinks.soak(120, 10, 1, home("desk"), url)
    figure(str(figures))
    assert figures.taken_back > 2 and figures.spoilt > 20
    assert not figures.findings, "\n".join(figures.findings)


def test_a_thousand_damaged_letters_are_all_kept_and_the_reader_never_hangs(desk, figure):
    corpus = mutants.CORPUS if mutants.CORPUS.is_dir() else None
    figures = mutants.soak(1000, 1, corpus)
    figure(str(figures))
    assert not figures.findings, "\n".join(figures.findings)


@pytest.mark.parametrize("worked", [True, False])
def test_thirty_days_with_machines_that_answer_make_no_loop(url, home, figure, worked):
    figures = machines.soak(30, 1, home("desk"), url, worked, every=7)
    figure(str(figures))
    assert not figures.findings, "\n".join(figures.findings)


@pytest.mark.parametrize("worked", [True, False])
def test_two_desks_that_answer_each_other_stop(home, url, another_url, figure, worked):
    """The marks of their letters are stripped on the way; `./bin/soak machines` keeps them as well."""
    figures = machines.two_desks(30, (home("a"), home("b")), (url, another_url), True, worked)
    figure(str(figures))
    assert not figures.findings, "\n".join(figures.findings)
