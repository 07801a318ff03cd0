"""Sign in, sign out, one's own page, and the accounts of everybody here."""

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from amends.look import sentences
from amends.look.forms import text
from amends.look.page import page
from amends.people import limiter, names
from amends.people.first import add_person
from amends.people.models import Staff, Team
from amends.rules.values import Role

CANNOT = 422


class SignIn(LoginView):
    """With an address and a password. Wrong tries are counted per address and place, and then it waits."""

    template_name = "people/pages/sign_in.html"
    redirect_authenticated_user = True
    authentication_form = AuthenticationForm

    def post(self, request, *args, **kwargs):
        who = request.POST.get("username", "").strip().lower()
        if limiter.must_wait(who):
            return self.render_to_response(
                self.get_context_data(form=AuthenticationForm(request), waits=True), status=429
            )
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form):
        limiter.count(self.request.POST.get("username", "").strip().lower())
        return self.render_to_response(self.get_context_data(form=form, wrong=True), status=422)

    def form_valid(self, form):
        limiter.forget(form.cleaned_data["username"].strip().lower())
        return super().form_valid(form)


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view(next_page="/sign-in/")


def alive(request):
    """For whoever watches the process: it answers."""
    return HttpResponse("alive", content_type="text/plain")


def me(request):
    """One's own page: name, signature, password."""
    person = request.user
    if request.method == "POST" and request.POST.get("name", "").strip():
        person.name = "".join(c for c in request.POST["name"] if c.isprintable()).strip()[:120] or person.name
        person.save(update_fields=["name"])
        names.forget()
        return redirect("me")
    if request.method == "POST" and "signature" in request.POST:
        lines = text(request, "signature")
        person.signature = lines[:500]
        person.save(update_fields=["signature"])
        return redirect("me")
    form = PasswordChangeForm(person, request.POST or None)
    changed = False
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, person)
        changed = True
    return page(
        request,
        "people/pages/me",
        status=CANNOT if request.method == "POST" and not changed else 200,
        errors=[error for errors in form.errors.values() for error in errors],
        changed=changed,
        role=sentences.ROLES[person.role],
    )


def people(request):
    rows = Staff.objects.select_related("team").order_by("-is_active", "name")
    return page(request, "people/pages/people", rows=rows, roles=sentences.ROLES, password=None)


def new(request):
    """Make an account; its first password is shown once."""
    kept = request.POST.dict()
    if request.method != "POST":
        return _form(request)
    role = kept.get("role", "rep")
    try:
        if role not in may_make(request.user):
            raise ValueError(_("This role is not yours to give."))
        password = add_person(
            kept.get("email", ""), kept.get("name", ""), role, kept.get("team", "").strip() or "Front desk"
        )
    except ValueError as no:
        return _form(request, str(no), kept)
    names.forget()
    return page(request, "people/pages/made", email=kept["email"].strip().lower(), password=password)


def change(request, person):
    """Change somebody's role, team or standing. Leaving ends their sessions at once; nobody ends their own."""
    person = get_object_or_404(Staff, id=person)
    if request.method != "POST":
        return _change(request, person)
    role = request.POST.get("role", person.role)
    if person.id != request.user.id:
        person.role = (
            role if role in may_make(request.user) and person.role in may_make(request.user) else person.role
        )
        person.is_active = request.POST.get("is_active") == "yes"
    team = request.POST.get("team", "")
    person.team = (
        Team.objects.filter(id=int(team) if team.isdigit() and len(team) < 10 else 0).first() or person.team
    )
    person.owns_new_cases = request.POST.get("owns_new_cases") == "yes"
    person.save()
    names.forget()
    return redirect("people:list")


def _change(request, person):
    return page(request, "people/pages/change", person=person, roles=_roles(request.user), teams=_teams())


def _form(request, no: str = "", kept: dict | None = None):
    return page(
        request,
        "people/pages/new",
        status=CANNOT if no else 200,
        no=no,
        kept=kept or {},
        roles=_roles(request.user),
    )


def may_make(person: Staff) -> tuple[str, ...]:
    """Roles this person may give: nobody makes somebody who may do more than they, and accounts give no cases."""
    order = [Role.REP, Role.LEAD, Role.DIRECTOR, Role.EXECUTIVE]
    if person.role == Role.ADMINISTRATOR:
        return (Role.REP.value, Role.LEAD.value, Role.ADMINISTRATOR.value)
    return (*(role.value for role in order[: order.index(Role(person.role)) + 1]), Role.ADMINISTRATOR.value)


def _roles(person: Staff):
    return [(role, str(sentences.ROLES[Role(role)])) for role in may_make(person)]


def _teams():
    return [(team.id, team.name) for team in Team.objects.order_by("name")]
