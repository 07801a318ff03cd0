"""Answers when something is wrong: in a sentence, with what to do, never a stack trace."""

from django.shortcuts import render
from django.utils.translation import gettext as _


def form_too_old(request, reason=""):
    """The form came without a valid token: usually a page left open over a sign-out."""
    return page(
        request,
        403,
        _("This page had grown old."),
        _("Go back, load it again, and send once more. What you typed is still in the form."),
    )


def not_found(request, exception=None):
    return page(
        request,
        404,
        _("There is nothing here, or nothing of yours."),
        _("The address may be old. Ask for a new link if it came by mail."),
    )


def broken(request):
    return page(
        request,
        500,
        _("Something broke on our side."),
        _("Nothing of yours is lost that was saved before. Try again in a moment."),
    )


def bad_request(request, exception=None):
    return page(
        request,
        400,
        _("We could not read that."),
        _("It was too large, or not a form of ours. Nothing was changed."),
    )


def page(request, status: int, first: str, then: str):
    return render(request, "look/pages/trouble.html", {"first": first, "then": then}, status=status)
