"""The tables. The ledger comes first; all that follows under *Drawn* is redrawn from it by `amends rebuild`.

Nothing is saved through these classes: the ledger and the drawings write with the driver (spike: 4 µs a row
against 630). They define the tables for both databases and serve small questions.
Moments are whole microseconds since 1970 (`moments.py`). Texts are named by their id in `texts`.
"""

from django.db import models
from django.db.models import Q

ID = 26


def id_field(**options):
    return models.CharField(max_length=ID, **options)


class File(models.Model):
    """The head of a file: its newest entry. `sealed` is the number last sealed."""

    id = id_field(primary_key=True)
    kind = models.CharField(max_length=20)
    number = models.IntegerField()
    digest = models.BinaryField()
    sealed = models.IntegerField(default=0)

    class Meta:
        db_table = "files"
        indexes = [
            models.Index(fields=["id"], name="files_unsealed", condition=Q(number__gt=models.F("sealed")))
        ]


class Entry(models.Model):
    pk = models.CompositePrimaryKey("file", "number")
    file = id_field()
    number = models.IntegerField()
    at = models.BigIntegerField()
    author = models.CharField(max_length=40)
    act = models.CharField(max_length=64)
    part = models.IntegerField()
    body = models.BinaryField()
    before = models.BinaryField()
    digest = models.BinaryField()

    class Meta:
        db_table = "entries"
        constraints = [models.UniqueConstraint(fields=["act", "part"], name="entries_once")]


class SealedText(models.Model):
    """What a person wrote, encrypted under their key. The digest's salt lies inside the cipher."""

    id = id_field(primary_key=True)
    file = id_field(db_index=True)
    writer = models.CharField(max_length=40)
    cipher = models.BinaryField()

    class Meta:
        db_table = "texts"


class WriterKey(models.Model):
    """A person's key, wrapped by the master key; empty once erased."""

    writer = models.CharField(max_length=40, primary_key=True)
    wrapped = models.BinaryField(null=True)

    class Meta:
        db_table = "writer_keys"


class Seal(models.Model):
    """A signed head of all files: each root covers the one before and every head that moved since."""

    number = models.IntegerField(primary_key=True)
    at = models.BigIntegerField()
    files = models.BigIntegerField()
    entries = models.BigIntegerField()
    root = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        db_table = "seals"


class SealedHead(models.Model):
    pk = models.CompositePrimaryKey("seal", "file")
    seal = models.IntegerField()
    file = id_field()
    number = models.IntegerField()
    digest = models.BinaryField()

    class Meta:
        db_table = "sealed_heads"


# The post room's box, and what is owed ---------------------------------------------------------------------------


class Letter(models.Model):
    """A letter as it came: durable before anything reads it, and kept so that it can be read again.

    Bytes and envelope lie encrypted under the desk's own key, for nobody has read yet who wrote it. This table
    may forget: erasing a person removes their letters from it.
    """

    id = id_field(primary_key=True)
    came_at = models.BigIntegerField()
    road = models.CharField(max_length=40)
    envelope = models.BinaryField()
    raw = models.BinaryField(null=True)
    identity = models.CharField(max_length=64, null=True)
    message = models.CharField(max_length=32, default="")  # keyed hash of its Message-ID
    deliveries = models.IntegerField(default=1)
    disposition = models.CharField(max_length=30, default="")
    file = id_field(default="")
    because = models.CharField(max_length=120, default="")
    reader = models.IntegerField(default=0)  # which version of the reader made `reading`
    reading = models.BinaryField(null=True)  # what it made of the letter, encrypted as the letter is
    owner = id_field(default="")  # who looks at it while it waits for somebody
    set_aside_at = models.BigIntegerField(null=True)
    set_aside_by = id_field(default="")

    class Meta:
        db_table = "letters"
        constraints = [models.UniqueConstraint(fields=["identity"], name="letters_once")]
        indexes = [
            models.Index(fields=["id"], name="letters_waiting", condition=Q(disposition="")),
            models.Index(
                fields=["disposition", "id"],
                name="letters_unplaced",
                condition=Q(file="", set_aside_at__isnull=True) & ~Q(disposition=""),
            ),
            models.Index(fields=["message"], name="letters_message", condition=~Q(message="")),
            models.Index(fields=["reader", "id"], name="letters_reader"),
            models.Index(
                fields=["set_aside_at"], name="letters_aside", condition=Q(set_aside_at__isnull=False)
            ),
            models.Index(fields=["file", "id"], name="letters_of_case", condition=~Q(file="")),
        ]


class Content(models.Model):
    """The bytes of a file that came or goes with a letter, once, under the keyed hash of what they are."""

    hash = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    cipher = models.BinaryField()

    class Meta:
        db_table = "contents"


class Leaving(models.Model):
    """A letter somebody has written, before it leaves: within the time to undo, or until the day it is sent.

    It is no entry yet: nothing is said until it goes. `secret` holds the words and files, encrypted.
    """

    id = id_field(primary_key=True)  # the act's id: it leaves once
    file = id_field(db_index=True)
    staff = id_field(db_index=True)
    written_at = models.BigIntegerField()
    leaves_at = models.BigIntegerField()
    seen = models.IntegerField()
    state = models.CharField(max_length=10, default="waiting")  # waiting, going, stopped
    because = models.CharField(max_length=40, default="")
    secret = models.BinaryField()

    class Meta:
        db_table = "leaving"
        indexes = [
            models.Index(
                fields=["leaves_at"], name="leaving_due", condition=Q(state__in=["waiting", "going"])
            )
        ]


class Receipt(models.Model):
    """An automatic receipt that went out, as keyed hashes: what the brakes count."""

    id = id_field(primary_key=True)
    at = models.BigIntegerField(db_index=True)
    mailbox = models.CharField(max_length=32)
    domain = models.CharField(max_length=32)
    alike = models.CharField(max_length=32)

    class Meta:
        db_table = "receipts"
        indexes = [
            models.Index(fields=["mailbox", "at"], name="receipts_mailbox"),
            models.Index(fields=["domain", "at"], name="receipts_domain"),
            models.Index(fields=["alike", "at"], name="receipts_alike"),
        ]


class Road(models.Model):
    """How a road of the post room is: when a letter last went over it, and since when it fails."""

    name = models.CharField(max_length=40, primary_key=True)
    last_at = models.BigIntegerField(null=True)
    ok_at = models.BigIntegerField(null=True)
    failing_since = models.BigIntegerField(null=True)
    trouble = models.CharField(max_length=300, default="")

    class Meta:
        db_table = "roads"


class Mailbox(models.Model):
    """A mailbox letters are fetched from by IMAP. `secret` is encrypted and never shown again."""

    id = id_field(primary_key=True)
    address = models.CharField(max_length=254)
    host = models.CharField(max_length=253)
    port = models.IntegerField()
    security = models.CharField(max_length=10)  # tls, starttls, none
    user = models.CharField(max_length=254)
    folder = models.CharField(max_length=200, default="INBOX")
    way = models.CharField(max_length=10)  # password, oauth2
    secret = models.BinaryField()
    active = models.BooleanField(default=True)
    uidvalidity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    watched_by = id_field(default="")  # the worker that fetches from it, for as long as it says so again
    watched_until = models.BigIntegerField(default=0)

    class Meta:
        db_table = "mailboxes"


class Owed(models.Model):
    """A letter still to be handed to a mail server, with the Message-ID it will always have.

    To the customer it is entry `number` of the file; to `staff` it reminds of promise `number`.
    """

    id = id_field(primary_key=True)
    staff = id_field(default="")
    file = id_field(db_index=True)
    number = models.IntegerField()
    due_at = models.BigIntegerField()
    message_id = models.CharField(max_length=120)
    state = models.CharField(max_length=20, default="waiting")
    attempts = models.IntegerField(default=0)
    claimed = models.CharField(max_length=40, default="")
    trouble = models.CharField(max_length=300, default="")

    class Meta:
        db_table = "owed"
        indexes = [
            models.Index(
                fields=["due_at"], name="owed_waiting", condition=Q(state__in=["waiting", "claimed"])
            ),
            models.Index(
                fields=["state"],
                name="owed_troubled",
                condition=Q(state__in=["failed", "uncertain", "bounced"]),
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["file", "number", "staff"], name="owed_once")]


# Not from entries: what a screen remembers for a moment ----------------------------------------------------------


class Draft(models.Model):
    pk = models.CompositePrimaryKey("file", "staff")
    file = id_field()
    staff = id_field()
    at = models.BigIntegerField()
    seen = models.IntegerField(default=0)
    cipher = models.BinaryField()

    class Meta:
        db_table = "drafts"


class Presence(models.Model):
    pk = models.CompositePrimaryKey("file", "staff")
    file = id_field()
    staff = id_field()
    at = models.BigIntegerField()

    class Meta:
        db_table = "presence"


# Drawn -----------------------------------------------------------------------------------------------------------


OPEN, HEARD, CLOSED = Q(is_open=True), Q(heard_at__isnull=False), Q(closed_at__isnull=False)


class Case(models.Model):
    id = id_field(primary_key=True)
    ref = models.CharField(max_length=16, unique=True)
    customer = id_field()
    owner = id_field()
    team = models.BigIntegerField()
    stage = models.CharField(max_length=20)
    is_open = models.BooleanField()
    harm = models.SmallIntegerField()
    danger = models.BooleanField()
    channel = models.CharField(max_length=10)
    merged = id_field(default="")
    received_at = models.BigIntegerField()
    update_due = models.BigIntegerField(null=True)
    next_due = models.BigIntegerField(null=True)
    last_at = models.BigIntegerField()
    number = models.IntegerField()
    quote = id_field()
    heard = id_field()
    heard_at = models.BigIntegerField(null=True)
    proposed_at = models.BigIntegerField(null=True)
    closed_at = models.BigIntegerField(null=True)
    settled_at = models.BigIntegerField(null=True)
    reopened_at = models.BigIntegerField(null=True)
    reopened = models.IntegerField()
    check_back = models.CharField(max_length=10)
    lane = models.CharField(max_length=10)
    rating = models.SmallIntegerField()
    off_playbook = models.BooleanField()
    missed = models.IntegerField(default=0)
    stranger = models.BooleanField(default=False)

    class Meta:
        db_table = "cases"
        indexes = [
            # The id is the last column because a day's promises all fall due at the same moment: five o'clock.
            models.Index(fields=["team", "next_due", "id"], name="cases_open_team", condition=OPEN),
            models.Index(fields=["next_due", "id"], name="cases_open", condition=OPEN),
            models.Index(fields=["owner", "next_due", "id"], name="cases_open_owner", condition=OPEN),
            models.Index(fields=["owner", "heard_at"], name="cases_heard", condition=HEARD),
            models.Index(fields=["team", "heard_at", "id"], name="cases_heard_team", condition=HEARD),
            models.Index(fields=["heard_at", "id"], name="cases_heard_all", condition=HEARD),
            models.Index(fields=["customer", "last_at"], name="cases_customer"),
            models.Index(fields=["team", "closed_at", "id"], name="cases_closed_team", condition=CLOSED),
            models.Index(fields=["closed_at", "id"], name="cases_closed", condition=CLOSED),
            models.Index(fields=["team", "last_at"], name="cases_last"),
            models.Index(fields=["owner", "check_back"], name="cases_check", condition=~Q(check_back="")),
            models.Index(fields=["team", "next_due"], name="cases_missed", condition=Q(missed__gt=0)),
        ]


class Point(models.Model):
    pk = models.CompositePrimaryKey("case", "number")
    case = id_field()
    number = models.IntegerField()
    words = id_field()
    finding = models.CharField(max_length=20)
    our_error = models.BooleanField()
    cause = id_field()

    class Meta:
        db_table = "points"


class Promise(models.Model):
    pk = models.CompositePrimaryKey("case", "number")
    case = id_field()
    number = models.IntegerField()
    owner = id_field()
    team = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=20)
    was_broken = models.BooleanField()
    act = id_field()
    made_at = models.BigIntegerField()
    due_at = models.BigIntegerField()
    settled_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "promises"
        indexes = [
            models.Index(fields=["due_at"], name="promises_due", condition=Q(state="open")),
            models.Index(
                fields=["owner", "due_at"], name="promises_owed", condition=Q(state__in=["open", "broken"])
            ),
            models.Index(fields=["team", "due_at"], name="promises_broken", condition=Q(was_broken=True)),
            models.Index(fields=["team", "kind", "state"], name="promises_kinds"),
        ]


class Clock(models.Model):
    pk = models.CompositePrimaryKey("case", "name")
    case = id_field()
    name = models.CharField(max_length=30)
    team = models.BigIntegerField()
    due_at = models.BigIntegerField()
    stopped_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "clocks"
        indexes = [
            models.Index(
                fields=["team", "due_at"], name="clocks_running", condition=Q(stopped_at__isnull=True)
            )
        ]


class Option(models.Model):
    pk = models.CompositePrimaryKey("case", "number")
    case = id_field()
    number = models.IntegerField()
    lane = models.CharField(max_length=10)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    unit = models.CharField(max_length=8)
    act = id_field()
    owner = id_field()
    due_at = models.BigIntegerField()

    class Meta:
        db_table = "options"
        indexes = [models.Index(fields=["due_at"], name="options_offered", condition=Q(state="offered"))]


class Remedy(models.Model):
    pk = models.CompositePrimaryKey("case", "number")
    case = id_field()
    number = models.IntegerField()
    kind = models.CharField(max_length=20)
    amount = models.BigIntegerField()
    unit = models.CharField(max_length=8)
    act = id_field()
    option = models.IntegerField()
    grant_file = id_field()
    month = models.CharField(max_length=7)
    delivered_at = models.BigIntegerField(null=True)
    cancelled = models.BooleanField()

    class Meta:
        db_table = "remedies"


class Approval(models.Model):
    pk = models.CompositePrimaryKey("case", "number")
    case = id_field()
    number = models.IntegerField()
    asked_by = id_field()
    asked_of = id_field()
    kind = models.CharField(max_length=20)
    amount = models.BigIntegerField()
    unit = models.CharField(max_length=8)
    why = id_field()
    state = models.CharField(max_length=12)

    class Meta:
        db_table = "approvals"
        indexes = [models.Index(fields=["asked_of"], name="approvals_asked", condition=Q(state="asked"))]


class Flag(models.Model):
    pk = models.CompositePrimaryKey("case", "note", "point")
    case = id_field()
    note = models.IntegerField()
    point = models.IntegerField()
    finding = models.CharField(max_length=20)

    class Meta:
        db_table = "flags"


class Override(models.Model):
    """A claim that somebody who leads let go in spite of the file."""

    pk = models.CompositePrimaryKey("case", "number")
    case = id_field()
    number = models.IntegerField()
    kind = models.CharField(max_length=20)
    because = models.CharField(max_length=30)
    said = id_field()
    why = id_field()
    staff = id_field()
    at = models.BigIntegerField()

    class Meta:
        db_table = "overrides"
        indexes = (models.Index(fields=("at",), name="overrides_at"),)


class KindWord(models.Model):
    """A word to a colleague: applause, or solace."""

    pk = models.CompositePrimaryKey("case", "number")
    case = id_field()
    number = models.IntegerField()
    said_by = id_field()
    said_to = id_field()
    kind = models.CharField(max_length=10)
    words = id_field()
    at = models.BigIntegerField()

    class Meta:
        db_table = "kind_words"
        indexes = (models.Index(fields=("said_to", "at"), name="kind_words_said_to"),)


class DefectLink(models.Model):
    pk = models.CompositePrimaryKey("case", "defect")
    case = id_field()
    defect = id_field()
    linked = models.BooleanField()

    class Meta:
        db_table = "defect_links"
        indexes = (models.Index(fields=("defect",), name="defect_links_defect"),)


class Defect(models.Model):
    """A known defect. `products`: their codes, one a line."""

    id = id_field(primary_key=True)
    name = models.CharField(max_length=300)
    products = models.TextField()
    words = id_field()
    is_open = models.BooleanField()

    class Meta:
        db_table = "defects"


class Stated(models.Model):
    """A range that texts state until it is measured again. Seconds."""

    name = models.CharField(max_length=20, primary_key=True)
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    n = models.IntegerField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "stated"


class Standing(models.Model):
    """A standing public claim, with the measure that would make it true."""

    id = id_field(primary_key=True)
    place = models.CharField(max_length=20)
    words = id_field()
    owner = id_field()
    measure = models.CharField(max_length=20)
    about = id_field()
    line = models.IntegerField()
    value = models.IntegerField(null=True)
    n = models.IntegerField()
    measured_at = models.BigIntegerField(null=True)
    stand = models.CharField(max_length=10)
    below_since = models.BigIntegerField(null=True)
    due_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "standing"


class Customer(models.Model):
    id = id_field(primary_key=True)
    name = id_field()
    address = id_field()
    address_hash = models.CharField(max_length=64, db_index=True)
    company = id_field()
    phone = id_field()
    language = models.CharField(max_length=20)
    cases = models.IntegerField()
    failing = models.BooleanField(default=False)

    class Meta:
        db_table = "customers"


class Link(models.Model):
    """A token in a mailed link or reply address, as a keyed hash; one per case, participant and purpose."""

    hash = models.CharField(max_length=64, primary_key=True)
    case = id_field()
    customer = id_field()
    purpose = models.CharField(max_length=8)

    class Meta:
        db_table = "links"


class Grant(models.Model):
    id = id_field(primary_key=True)
    holder = id_field()
    kind = models.CharField(max_length=20)
    unit = models.CharField(max_length=8)
    per_case = models.BigIntegerField()
    per_month = models.BigIntegerField()
    until = models.CharField(max_length=10)
    revoked = models.BooleanField()

    class Meta:
        db_table = "grants"
        indexes = [models.Index(fields=["holder"], name="grants_held", condition=Q(revoked=False))]


class Allowance(models.Model):
    """What is drawn of a grant in a month; the database itself holds the limit."""

    pk = models.CompositePrimaryKey("grant_file", "month")
    grant_file = id_field()
    month = models.CharField(max_length=7)
    drawn = models.BigIntegerField()
    most = models.BigIntegerField()

    class Meta:
        db_table = "allowances"
        constraints = [
            models.CheckConstraint(
                condition=Q(drawn__gte=0) & Q(drawn__lte=models.F("most")), name="allowances_hold"
            )
        ]


class Workload(models.Model):
    """How many open cases a person owns: for sharing new ones out evenly, shown to nobody."""

    owner = id_field(primary_key=True)
    open_cases = models.IntegerField()

    class Meta:
        db_table = "workloads"


class SearchText(models.Model):
    """What the index of words points to. The index holds plain words: it is personal text and goes with the key."""

    id = models.BigAutoField(primary_key=True)
    case = id_field(db_index=True)
    text = id_field()
    at = models.BigIntegerField()

    class Meta:
        db_table = "search_texts"
        constraints = [models.UniqueConstraint(fields=["text", "case"], name="search_texts_once")]
