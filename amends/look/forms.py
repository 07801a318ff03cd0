"""What somebody typed into a form, as every door of ours reads it."""

from django.http import HttpRequest


def text(request: HttpRequest, name: str) -> str:
    """The words of a field: with one kind of line ends, and nothing a database cannot keep."""
    return request.POST.get(name, "").replace("\r\n", "\n").replace("\0", "").strip()
