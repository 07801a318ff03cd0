"""Files of letters, as answers: always a download, never shown in place, from a host of their own where there is one."""

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect
from django.utils.http import content_disposition_header

from amends.casework import files

SALT, LASTS = "a file of a letter", 120  # seconds a link to the files' host can be followed
POLICY = "sandbox; default-src 'none'"
_SHOWN_TYPES = ("application/pdf", "text/plain", "image/png", "image/jpeg", "image/gif", "image/webp")


def file(name: str, type: str, content: str) -> HttpResponse:
    """The download of one file, whoever asks having been allowed to. From the files' host, if there is one."""
    if settings.AMENDS_FILES_ADDRESS:
        told = signing.dumps([name, type, content], salt=SALT, compress=True)
        return redirect(f"{settings.AMENDS_FILES_ADDRESS}/files/{told}/")
    return _download(name, type, content)


def elsewhere(request, told: str) -> HttpResponse:
    """On the files' host: what a signed, short-lived link names. Nothing else is served there, and this nowhere else."""
    if not is_files_host(request):
        return HttpResponseNotFound()
    try:
        name, type, content = signing.loads(told, salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError):
        return HttpResponseNotFound("This link has ended. Open the file from its case once more.")
    return _download(name, type, content)


def is_files_host(request) -> bool:
    host = settings.AMENDS_FILES_ADDRESS.partition("://")[2]
    return bool(host) and request.get_host() == host


def _download(name: str, type: str, content: str) -> HttpResponse:
    data = files.content(content)
    if data is None:
        raise Http404("the bytes of this file are gone")
    answer = HttpResponse(data, content_type=type if type in _SHOWN_TYPES else "application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, name or "attachment")
    answer["Content-Security-Policy"] = POLICY
    return answer


def picture(data: bytes) -> HttpResponse:
    """A picture that was drawn anew."""
    answer = HttpResponse(data, content_type="image/png")
    answer["Content-Security-Policy"] = POLICY
    return answer


class FilesHost:
    """The files' host serves files and nothing else: no page, no session, nothing a hidden script could reach."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if (
            settings.AMENDS_FILES_ADDRESS
            and is_files_host(request)
            and not request.path.startswith("/files/")
        ):
            return HttpResponseNotFound()
        return self.get_response(request)
