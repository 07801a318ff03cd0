"""Sockets for tests of incidents: the desk's listeners, and mailboxes on a server that remembers what it was told."""

import pytest

from tests.incidents.letterbox import listening
from tests.incidents.mailserver import Mailbox, Relay


@pytest.fixture
def listeners(own_database, tmp_path):
    """A desk whose listeners are up: the desk, its LMTP socket, and host and port of its SMTP."""
    with listening(tmp_path) as (socket, smtp):
        yield own_database, socket, smtp


@pytest.fixture
def mailbox():
    """Makes mailboxes that hold the given letters; all are closed afterwards."""
    made = []

    def make(*letters: bytes, **more) -> Mailbox:
        made.append(Mailbox(*letters, **more))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def relay(settings):
    """A mail server that takes our letters, and is where they go."""
    made = Relay()
    settings.AMENDS_SMTP = f"smtp://127.0.0.1:{made.port}"
    yield made
    made.close()
