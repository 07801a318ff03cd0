"""The numbered requirements, and the test that shows each. A requirement without an honest test is not done."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests" / "requirements"

# fmt: off
REQUIREMENTS = {
    "R001": 'Understand the complaint first',
    "R002": 'Do everything in your power to make it right',
    "R003": 'Or tell the truth: our hands are tied',
    "R004": 'Accepting the defect is a concession, never a resolution',
    "R005": 'Appeasing language is not an answer',
    "R006": 'No con-artist skills: the truth gate',
    "R007": 'Put your understanding in the clearest terms and check it with the boss',
    "R008": "Don't allow yourself to be manipulated",
    "R009": '"I say no. Just no.": the objection lane',
    "R010": 'It all ends up in my lap',
    "R011": 'Overwhelmed, unmanageable volume: say so with numbers',
    "R012": 'The cost of fixing is eroding the margin: show both sides of the cheap part',
    "R013": '"What we all know" becomes a record',
    "R014": 'Manage customer expectations before they complain',
    "R015": "Turn down work you can't deliver on: the order brake",
    "R016": 'My team is starting to hate me',
    "R017": "The leader's own stress is a signal too",
    "R018": 'Admit the reality, and let people take their record with them',
    "R101": 'LEAP as conversation guide',
    "R102": 'Keep the customer informed',
    "R103": 'Earn approval for the path forward',
    "R104": '"Always right" versus "a better solution"',
    "R105": 'Sweet to the boss, harsh to the rep',
    "R106": 'Heat of the moment: let it lapse',
    "R107": "Don't hand difficult customers the privilege of spoiling the day",
    "R108": 'Insults or yelling: say it will continue another time, then hang up',
    "R109": 'Difficult behaviour just slows them down: and nothing worse',
    "R110": 'Team several people in different roles',
    "R111": 'Regular, scheduled, safe meetings to vent, up stream',
    "R112": 'Do a little research: does this customer cost too much to serve well?',
    "R113": 'The team may recommend, not fire',
    "R114": "Weigh the outcomes: margin against your team's commitment",
    "R115": 'The humility of listening',
    "R116": 'Terms and Conditions as guidepost for everyone',
    "R117": 'They protect you and your customer',
    "R118": 'Not a good fit',
    "R119": 'T&C are a living document',
    "R120": 'War stories and mentors',
    "R201": 'The hold message must be true',
    "R202": 'When the recorded message becomes a big lie: the claims register',
    "R203": 'They hung up on us: that is our alarm',
    "R204": '"So for $20 you\'re going to leave me a customer no longer?": the stakes panel',
    "R205": '"I understand, it happened to me too, elsewhere"',
    "R206": 'What training, what gap?',
    "R207": 'More latitude',
    "R208": 'When the problem began with our mistake',
    "R209": 'The investment goes up in smoke',
    "R210": "A solution that isn't on a page of the module",
    "R211": "Space for a problem that hasn't arisen elsewhere",
    "R212": 'Encourage risk; never leave them holding the loss',
    "R213": '"I\'ve never run into this before; I\'d like to help; I\'ll need a little more time"',
    "R214": 'Fixes from tools they never thought they had',
    "R215": 'The ones in direct contact decide first',
    "R216": 'The void in faith: ask about trust, above all after a no',
    "R301": 'The boss owes service to the employees',
    "R302": 'Up to 2%',
    "R303": 'Know your own limits',
    "R304": 'Alone or in a large organisation',
    "R305": 'Delegate upward without fear of retribution',
    "R306": 'The burden really moves',
    "R307": 'Key words: "I have intervened in the following ways for you"',
    "R308": '"…and lament that my efforts are insufficient"',
    "R309": '"When this happens we are instructed to move your concern higher"',
    "R310": '"I will connect you with my manager"',
    "R311": 'Demeanour changes with higher authority',
    "R312": 'Inconsolable only at managerial level',
    "R313": '"You can find it at Gimbels"',
    "R314": 'You are not firing the customer',
    "R315": 'They may decide to stay',
    "R316": 'The other 98% are waiting',
    "R317": 'Where, after seeking to please, you rest',
    "R401": 'No show for the customer',
    "R402": 'Behind closed doors is on the record',
    "R403": 'Proof of escalation',
    "R404": 'Is it really the manager?',
    "R405": 'Fight for the customer, not the appearance of it',
    "R406": 'Facilitate resolution, not the ruse',
    "R407": 'Not "a difficult customer" but our practice',
    "R408": 'Not the words of a script, not a billboard, not a mission statement',
    "R409": 'Not about leaving temporarily happy',
    "R410": 'Unwavering commitment, and maintain it',
    "R411": 'A complaint is an intolerable breakdown, not an annoyance',
    "R412": 'Complete consistency',
    "R413": 'Recognition must point at effort and outcome',
    "R414": "But don't leave them unappreciated for dealing with jerks",
    "R415": 'Solace or applause?',
    "R416": 'The rep takes cues from management',
    "R417": "Don't dump it upstairs for instant gratification",
    "R418": 'Consult management for its authority, not as peacemaker or to make life easier',
    "R419": 'A collaborative effort with the supervisor',
}
# fmt: on


def table() -> list[dict[str, str]]:
    """One row per requirement: id, title, and its test file, empty when there is none yet."""
    return [{"id": id, "title": title, "test": _test(id)} for id, title in REQUIREMENTS.items()]


def _test(id: str) -> str:
    path = TESTS / f"test_{id.lower()}.py"
    has_tests = path.exists() and re.search(r"^def test_", path.read_text(), re.M)
    return f"tests/requirements/{path.name}" if has_tests else ""
