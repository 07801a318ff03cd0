"""Who may open which door: the one policy table. A URL without a row here opens for nobody, and fails a test.

Which cases a person sees is decided here as well (`sees`); queries are born with that limit.
"""

from amends.rules.values import Role

ANYONE = "anyone"  # complain, sign in
TOKEN = "token"  # whoever holds the unguessable link of one case; the view looks it up

CASEWORK = frozenset({Role.REP, Role.LEAD, Role.DIRECTOR, Role.EXECUTIVE})
LEADING = frozenset({Role.LEAD, Role.DIRECTOR, Role.EXECUTIVE})
EVERYBODY = frozenset(Role)
LOOKING_AFTER = frozenset({Role.ADMINISTRATOR, Role.LEAD, Role.DIRECTOR, Role.EXECUTIVE})
DIRECTING = frozenset({Role.DIRECTOR, Role.EXECUTIVE})
RUNNING = frozenset({Role.ADMINISTRATOR, Role.DIRECTOR, Role.EXECUTIVE})

DOORS = {
    # anyone
    "sign_in": ANYONE,
    "portal:complain": ANYONE,
    "portal:thanks": ANYONE,
    "alive": ANYONE,
    "look": ANYONE,
    "file_elsewhere": ANYONE,  # on the files' own host, by a signed link of two minutes
    # the holder of a link
    "portal:case": TOKEN,
    "portal:confirm": TOKEN,
    "portal:correct": TOKEN,
    "portal:choose": TOKEN,
    "portal:not_settled": TOKEN,
    "portal:settled": TOKEN,
    "portal:withdraw": TOKEN,
    "portal:write": TOKEN,
    "portal:release": TOKEN,
    "portal:file": TOKEN,
    # everybody who works here
    "sign_out": EVERYBODY,
    "me": EVERYBODY,
    "home": EVERYBODY,
    # people who work cases
    "desk:today": CASEWORK,
    "desk:cases": CASEWORK,
    "desk:new": CASEWORK,
    "desk:find": CASEWORK,
    "desk:promises": CASEWORK,
    "desk:customers": CASEWORK,
    "desk:customer": CASEWORK,
    "desk:held": CASEWORK,
    "desk:held_letter": CASEWORK,
    "desk:held_layout": CASEWORK,
    "desk:held_raw": CASEWORK,
    "desk:take_in": CASEWORK,
    "desk:set_aside": CASEWORK,
    "desk:letter": CASEWORK,
    "desk:letter_layout": CASEWORK,
    "desk:letter_raw": CASEWORK,
    "desk:letter_move": CASEWORK,
    "desk:letter_again": CASEWORK,
    "desk:letter_otherwise": CASEWORK,
    "desk:file": CASEWORK,
    "desk:address": CASEWORK,
    "desk:merge": CASEWORK,
    "desk:unmerge": CASEWORK,
    "desk:undo": CASEWORK,
    "desk:case": CASEWORK,
    "desk:see": CASEWORK,
    "desk:answer": CASEWORK,
    "desk:check": CASEWORK,
    "desk:take_out": CASEWORK,
    "desk:done": CASEWORK,
    "desk:draft": CASEWORK,
    "desk:presence": CASEWORK,
    "desk:log": CASEWORK,
    "desk:note": CASEWORK,
    "desk:read": CASEWORK,
    "desk:points": CASEWORK,
    "desk:read_back": CASEWORK,
    "desk:unanswered": CASEWORK,
    "desk:sought": CASEWORK,
    "desk:finding": CASEWORK,
    "desk:assess": CASEWORK,
    "desk:guide": CASEWORK,
    "desk:options": CASEWORK,
    "desk:refuse": CASEWORK,
    "desk:give": CASEWORK,
    "desk:remedy": CASEWORK,
    "desk:promise_new": CASEWORK,
    "desk:promise": CASEWORK,
    "desk:delay": CASEWORK,
    "desk:time": CASEWORK,
    "desk:ask": CASEWORK,
    "desk:approval": CASEWORK,
    "desk:word": CASEWORK,
    "desk:close": CASEWORK,
    "desk:reopen": CASEWORK,
    "desk:check_back": CASEWORK,
    "desk:figures": CASEWORK,
    "desk:defects": CASEWORK,
    "desk:case_defects": CASEWORK,
    "desk:disclosure": CASEWORK,
    "desk:disclosure_copy": CASEWORK,
    "desk:colleague": CASEWORK,
    # people who lead
    "desk:team": LEADING,
    "desk:take": LEADING,
    "desk:close_many": CASEWORK,
    "desk:quality": LEADING,
    "desk:defect_close": LEADING,
    "desk:grants": LEADING,
    "desk:grant_revoke": LEADING,
    # people who direct the house
    "board:house": DIRECTING,
    "board:claim": CASEWORK,
    "board:hold": DIRECTING,
    # people who look after accounts and roads
    "roads:list": LOOKING_AFTER,
    "roads:connect": RUNNING,
    "roads:switch": RUNNING,
    "roads:allow": RUNNING,
    "roads:allowed": RUNNING,
    "people:list": LOOKING_AFTER,
    "people:new": frozenset({Role.ADMINISTRATOR, Role.DIRECTOR, Role.EXECUTIVE}),
    "people:change": frozenset({Role.ADMINISTRATOR, Role.DIRECTOR, Role.EXECUTIVE}),
}

OWN_TEAM = frozenset({Role.REP, Role.LEAD})
ALL_TEAMS = frozenset({Role.DIRECTOR, Role.EXECUTIVE})


def sees(role: Role, team: int | None) -> int | None | bool:
    """Whose cases a person sees: a team's number, None for all teams, False for none."""
    if role in ALL_TEAMS:
        return None
    if role in OWN_TEAM and team is not None:
        return team
    return False
