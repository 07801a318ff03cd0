"""The address of a form is no page: whoever opens it (a tab restored, Enter in the address bar) is led to where the form stands."""

from django.http import HttpResponseRedirect


class WayBack:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if response.status_code == 405 and page:
            above = request.path.rstrip("/").rpartition("/")[0]
            return HttpResponseRedirect(f"{above}/")
        return response
