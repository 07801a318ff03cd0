"""Known defects: the list, and which of them a case is about."""

from django.views.decorators.http import require_POST

from amends.casework import defects as known
from amends.casework.acts import defects
from amends.desk import door
from amends.desk.case import subpage
from amends.rules.refused import Refused


def listed(request):
    """What is known to be wrong, and with which products. Those who lead open and close."""
    if request.method != "POST":
        return _listed(request)
    fields = {name: door.text(request, name) for name in ("name", "products", "words")}
    try:
        defects.open_defect(**fields, **door.acting(request))
    except Refused as no:
        return _listed(request, no, fields)
    return door.redirect("desk:defects")


@require_POST
def close(request, defect):
    try:
        defects.close_defect(defect, why=door.text(request, "why"), **door.acting(request))
    except Refused as no:
        return _listed(request, no)
    return door.redirect("desk:defects")


def _listed(request, no=None, kept=None):
    status = door.CANNOT if no else 200
    refused = door.refused(no) if no else None
    return door.page(request, "defects", status, defects=known.listed(), kept=kept or {}, refused=refused)


def of_case(request, ref):
    """Say which known defects a case is about, or that it is not about one after all."""
    file = door.case_id(request, ref)
    if request.method != "POST":
        return subpage(request, ref, "case_defects", defects=known.listed())
    defect, why = request.POST.get("defect", ""), door.text(request, "why")
    try:
        if request.POST.get("what") == "unlink":
            defects.unlink_defect(file, defect=defect, why=why, **door.acting(request))
        else:
            defects.link_defect(file, defect=defect, **door.acting(request))
    except Refused as no:
        return subpage(request, ref, "case_defects", no, request.POST.dict(), defects=known.listed())
    return door.back(ref, "complaint")
