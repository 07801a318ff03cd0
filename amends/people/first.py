"""Accounts made from the command line: the first sign-in of a new desk, and further people."""

import secrets

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from amends.people.models import Staff, Team
from amends.rules.values import Role

LONGEST_TEAM = 120
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """Four groups of four, easily read aloud: about 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def first_sign_in() -> tuple[str, str] | None:
    """On a desk without people, a director who can do everything and own cases: (address, password)."""
    if Staff.objects.exists():
        return None
    return "you@localhost", add_person("you@localhost", "The director", Role.DIRECTOR, "Front desk")


def add_person(email: str, name: str, role: str, team: str) -> str:
    """Make an account; its password. Raises ValueError with a sentence."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        if email != "you@localhost":
            raise ValueError(f"{email!r} is not an e-mail address.") from None
    if Staff.objects.filter(email=email).exists():
        raise ValueError(f"{email} has an account already.")
    if not name.strip():
        raise ValueError("A person needs a name.")
    team = team.strip()
    if not team or len(team) > LONGEST_TEAM:
        raise ValueError(f"A team needs a name of at most {LONGEST_TEAM} letters.")
    group, _ = Team.objects.get_or_create(name=team)
    password = new_password()
    Staff.objects.create_user(email, name.strip()[:120], role=role, team=group, password=password)
    return password


def renew_password(email: str) -> str:
    """A new password for somebody who forgot theirs. Raises ValueError with a sentence."""
    person = Staff.objects.filter(email=email.strip().lower()).first()
    if person is None:
        raise ValueError(f"{email} has no account.")
    password = new_password()
    person.set_password(password)
    person.save()
    return password
