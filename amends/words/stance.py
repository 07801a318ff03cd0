"""Whose side a note takes: does it say the customer is right, or wrong?

For one purpose only: a note that says the opposite of the finding the customer was sent is put beside it. Only
our own words are read, never a customer's. Silent unless the words are plain.
"""

import re

FOR, AGAINST, NEITHER = "for", "against", ""

_NAMED = r"(?!nothing|something|anything|everything|what|which|this|that|it|there)\w+"
_WHO = rf"(?:(?:the |this |our )?(?:customer|client|caller|complainant)|{_NAMED})"
_IS = r"(?:'s|'re| is| are| was| were)"
_NOT = r"(?P<no>n't| not| never)?"
_QUITE = r"(?: just| simply| clearly| plainly| actually| completely| quite| entirely| absolutely| the one)*"

# The side a phrase takes as it stands; with a "not" inside, it takes the other.
_PHRASES = (
    (
        rf"\b{_WHO}{_IS}{_NOT}{_QUITE} (?:wrong|mistaken|lying|making (?:it|this) up|to blame|at fault|imagining)\b",
        AGAINST,
    ),
    (
        rf"\b{_WHO}{_IS}{_NOT}{_QUITE} (?:right|correct)\b(?! side| after| at | in the| there| here| now| away| on)",
        FOR,
    ),
    (
        rf"\b(?:it|this|that){_IS}{_NOT}{_QUITE} (?:his|her|their|the customer's) (?:own )?(?:fault|mistake|error|doing)",
        AGAINST,
    ),
    (rf"\b(?:it|this|that){_IS}{_NOT}{_QUITE} (?:our|my) (?:own )?(?:fault|mistake|error|doing)", FOR),
    (
        rf"\b(?:complaint|claim|point){_IS}{_NOT}{_QUITE} (?:unfounded|baseless|groundless|unjustified|nonsense|rubbish|bogus)",
        AGAINST,
    ),
    (rf"\b(?:complaint|claim|point){_IS}{_NOT}{_QUITE} (?:justified|fair|valid|well[- ]founded)", FOR),
    (r"\bwe (?:did|have done) nothing wrong\b", AGAINST),
    (r"\bnothing (?:is |was )?wrong with (?:the|our) \w+", AGAINST),
    (r"\b(?:user|installer|installation|operator) error\b", AGAINST),
    (r"\bwe (?:did it|got it|got this|got that) wrong\b", FOR),
    (r"\beverybody knows (?:it|this|that)(?:'s| is| was) (?:our|bad)", FOR),
)
_READERS = tuple((re.compile(phrase, re.I), side) for phrase, side in _PHRASES)
_OURSELVES = re.compile(r"(?:we|i)(?:'|\s)", re.I)
_QUOTED = re.compile(r"[\"“”„«][^\"“”„«»]{0,400}[\"”“»]")
_REPORTED = re.compile(
    r"\b(?:whether|if|(?:she|he|they|customer|client|caller)\b[^.;:]{0,20}\b"
    r"(?:says?|said|claims?|claimed|thinks?|thought|believes?|asked|told))\b[^.;]*$",
    re.I,
)
_OTHER = {FOR: AGAINST, AGAINST: FOR}


def stance(text: str) -> str:
    """The side a note takes: "for" or "against" the customer, or empty when it takes none, or both."""
    text = _QUOTED.sub(" ", text[:20_000]).replace("’", "'")
    found = {side for reader, side in _READERS for side in _sides(text, reader, side)}
    return found.pop() if len(found) == 1 else NEITHER


def _sides(text: str, reader: re.Pattern, side: str):
    """The side of each place where this phrase stands as our own opinion."""
    for match in reader.finditer(text):
        if _REPORTED.search(text[max(0, match.start() - 120) : match.start()]):
            continue  # what somebody else said, not what we hold
        turned = bool(match.groupdict().get("no"))
        if "no" in match.groupdict() and _OURSELVES.match(match.group()):
            turned = not turned  # "we are wrong" speaks of us
        yield _OTHER[side] if turned else side
