"""Letters that are held: each with its reason and age, taken in with one act."""

from django.views.decorators.http import require_POST

from amends.casework import db
from amends.casework.moments import moment
from amends.desk import door
from amends.post import box, filing, reading
from amends.rules.refused import Refused

MOST = 50


def held(request, no: Refused | None = None):
    rows = db.rows(
        f"select id, came_at, road, because from letters where disposition = 'quarantined' order by id limit {MOST}"
    )
    listed = []
    for id, came_at, road, because in rows:
        waiting = box.opened(id)
        letter = reading.read(waiting.raw, envelope_from=waiting.sender) if waiting else None
        listed.append({"id": id, "came": moment(came_at), "road": road, "because": because, "letter": letter})
    troubled = db.rows(
        "select o.state, o.trouble, c.ref, o.number from owed o join cases c on c.id = o.file"
        f" where o.staff = '' and o.state in ('failed', 'uncertain') order by o.due_at desc limit {MOST}"
    )
    return door.page(
        request,
        "held",
        listed=listed,
        troubled=troubled,
        refused=door.refused(no) if no else None,
        status=door.CANNOT if no else 200,
    )


@require_POST
def take_in(request, letter):
    """Open a case from a held letter."""
    try:
        outcome = filing.take_in(letter, now=door.now(), sender=door.text(request, "sender"))
    except Refused as no:
        return held(request, no)
    return door.back(outcome.state.ref)
