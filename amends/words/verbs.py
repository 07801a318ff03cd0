"""The verbs of a language in their forms, each with what it does: a promise of what, a claim of what.

A verb stands in the data by its infinitive: "an-rufen +sie past=rief/riefen". The part before a hyphen stands apart in
the forms listed under `apart`; what follows a "+" stands beside it in the same clause; forms that are not made by the
endings of its kind are named. An ending is written with "*" for what the verb begins with: "ge*t".
"""

from typing import NamedTuple

_KINDS = ("act", "receiving", "passive", "claim", "state", "doing", "working")


class Form(NamedTuple):
    """A word as a form of a verb. `kinds`: what it tells; `beside`: of each of these some word stands in its clause."""

    which: str
    kinds: dict[str, str]
    beside: tuple[frozenset[str], ...] = ()


class Verbs:
    def __init__(self, families: list[dict], endings: dict[str, dict[str, str]], apart: list[str]):
        self.endings = sorted(endings.items(), key=lambda pair: -len(pair[0]))
        self.apart = frozenset(apart)
        self.forms: dict[str, list[Form]] = {}
        for family in families:
            kinds = {kind: family[kind] for kind in _KINDS if kind in family}
            for verb in family["verbs"].split(","):
                self._learn(verb.split(), kinds)
        for forms in self.forms.values():
            forms.sort(key=lambda form: -len(form.beside))

    def _learn(self, told: list[str], kinds: dict[str, str]) -> None:
        infinitive, *more = told
        prefix, _, root = infinitive.rpartition("-")
        beside = tuple(frozenset(word[1:].split("|")) for word in more if word[0] == "+")
        named = dict(word.split("=") for word in more if word[0] != "+")
        for which, words in {**self._made(root), **{n: w.split("/") for n, w in named.items()}}.items():
            for word in filter(None, words):
                self._add(which, prefix, word, kinds, beside)

    def _made(self, root: str) -> dict[str, list[str]]:
        """The forms by the endings of this kind of verb."""
        for ending, forms in self.endings:
            if root.endswith(ending):
                stem = root[: -len(ending)]
                return {which: said.replace("*", stem).split() for which, said in forms.items()}
        return {"infinitive": [root]}

    def _add(self, which: str, prefix: str, word: str, kinds: dict[str, str], beside) -> None:
        forms = self.forms.setdefault(prefix + word, [])
        forms.append(Form(which, kinds, beside))
        if prefix and which in self.apart:
            self.forms.setdefault(word, []).append(Form(which, kinds, (*beside, frozenset([prefix]))))

    def of(self, texts: list[str], before_nouns: frozenset[str]) -> list[Form]:
        """The forms in these words, those with most beside them first. A noun may look like a verb: "el envío"."""
        said, found = set(texts), []
        for n, text in enumerate(texts):
            if text in self.forms and not (n and texts[n - 1] in before_nouns):
                found += [form for form in self.forms[text] if all(said & words for words in form.beside)]
        return sorted(found, key=lambda form: -len(form.beside))
