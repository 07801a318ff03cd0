"""The four steps of a conversation as a page shows them."""

from django.conf import settings

from amends.look import sentences
from amends.rules import conversation


def steps_of(case) -> list[dict]:
    """The four steps with their names, for a page."""
    named = []
    for done in conversation.steps(case):
        name = sentences.step_name(done.step, settings.AMENDS_THIRD_STEP)
        named.append(
            {
                "step": done.step.value,
                "name": name,
                "done": done.is_done,
                "shown": done.shown,
                "skipped": done.skipped,
            }
        )
    return named
