"""Who is signed in, read with two plain statements: every page of the desk asks, so it is worth being quick about."""

from datetime import UTC, datetime

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.db import connection

from amends.people.models import Staff

_COLUMNS = [field.attname for field in Staff._meta.concrete_fields]
_PERSON = f"select {', '.join(_COLUMNS)} from {Staff._meta.db_table} where id = %s"
_SESSION = "select session_data, expire_date from django_session where session_key = %s"


class SessionStore(db.SessionStore):
    """Django's sessions in the database, loaded without building a model."""

    @classmethod
    def get_model_class(cls):
        return db.SessionStore.get_model_class()

    def load(self):
        with connection.cursor() as cursor:
            cursor.execute(_SESSION, [self.session_key])
            found = cursor.fetchone()
        if found and _moment(found[1]) > datetime.now(UTC):
            return self.decode(found[0])
        self._session_key = None
        return {}


class Backend(ModelBackend):
    """Django's own password check; people without Django's permissions, which this desk does not use."""

    def get_user(self, user_id):
        with connection.cursor() as cursor:
            cursor.execute(_PERSON, [user_id])
            found = cursor.fetchone()
        person = Staff.from_db("default", _COLUMNS, _as_python(found)) if found else None
        return person if person is not None and self.user_can_authenticate(person) else None


def _as_python(row: tuple) -> list:
    """Values as the model would have them: SQLite keeps yes and no as numbers."""
    kinds = Staff._meta.concrete_fields
    return [
        bool(value) if field.get_internal_type() == "BooleanField" else value
        for field, value in zip(kinds, row, strict=True)
    ]


def _moment(value) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
