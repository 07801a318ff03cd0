"""Whose side a note takes: does it say the customer is right, or wrong?

For one purpose only: a note that says the opposite of the finding the customer was sent is put beside it. Only
our own words are read, never a customer's. Silent unless the words are plain.
"""

import re

FOR, AGAINST, NEITHER = "for", "against", ""

_WHO = r"(?:the |this |our )?(?:customer|client|caller|complainant|she|he|they|they're|he's|she's|\w+)"
_AGAINST = (
    rf"\b{_WHO}(?:'s| is| are| was| were)?(?: just| simply| clearly| plainly| actually| completely| the one)* "
    r"(?:wrong|mistaken|lying|making (?:it|this) up|to blame|at fault|imagining)",
    r"\b(?:his|her|their|the customer's|customer's) own (?:fault|mistake|error|doing)",
    r"\bnot (?:our|the company's) (?:fault|mistake|error|problem)",
    r"\b(?:we|we've) (?:did|have done|done) nothing wrong",
    r"\bnothing (?:is |was )?wrong with (?:the|our|it)",
    r"\b(?:complaint|claim|point) (?:is |was )?(?:unfounded|baseless|groundless|unjustified|nonsense|rubbish|bogus)",
    r"\bno (?:merit|basis|substance)\b",
    r"\bwe (?:are|were) (?:in the )?right\b",
    r"\b(?:user|installer|installation|operator) error\b",
    r"\bjust (?:told|gave) (?:him|her|them) (?:that )?to (?:calm|shut|keep)",
)
_FOR = (
    rf"\b{_WHO}(?:'s| is| are| was| were)?(?: quite| clearly| plainly| actually| completely| entirely)* (?:right|correct)\b",
    r"\b(?:it|this|that) (?:is|was) (?:all |clearly |plainly |entirely )*(?:our|my) (?:own )?(?:fault|mistake|error)",
    r"\b(?:we|i) (?:were|was|got it|got this|are) (?:clearly |plainly )*(?:wrong|to blame|at fault)",
    r"\b(?:complaint|claim|point) (?:is|was) (?:justified|fair|valid|well founded|well-founded)",
    r"\bour (?:own )?(?:fault|mistake|error)\b",
    r"\bwe (?:did it|got it|got this) wrong",
)
_NOT = re.compile(r"\b(?:not|never|no longer|isn't|wasn't|aren't|weren't|hardly|n't)\b[^.;]{0,12}$", re.I)
_READERS = tuple((re.compile(p, re.I), AGAINST) for p in _AGAINST) + tuple(
    (re.compile(p, re.I), FOR) for p in _FOR
)
_OPPOSITE = {FOR: AGAINST, AGAINST: FOR}
_QUOTED = re.compile(r"[\"“”„«][^\"“”„«»]{0,400}[\"”“»]")


def stance(text: str) -> str:
    """The side a note takes: "for" or "against" the customer, or empty when it takes none, or both."""
    text = _QUOTED.sub(" ", text[:20_000]).replace("’", "'")
    found = set()
    for reader, side in _READERS:
        for match in reader.finditer(text):
            negated = _NOT.search(text[max(0, match.start() - 30) : match.start()]) or _negated_within(
                match.group()
            )
            found.add(_OPPOSITE[side] if negated and not _carries_not(match.group()) else side)
    return found.pop() if len(found) == 1 else NEITHER


def _negated_within(said: str) -> bool:
    return bool(re.search(r"\b(?:isn't|wasn't|aren't|weren't)\b", said, re.I))


def _carries_not(said: str) -> bool:
    """Whether the phrase is itself a denial ("not our fault"), so that a "not" in it turns nothing round."""
    return bool(re.match(r"not |no |nothing ", said, re.I))
