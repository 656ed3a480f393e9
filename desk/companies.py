"""Companies: coverage per need, one company's page, its need map as a file (P01, P05)."""

from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile
from fastapi.responses import RedirectResponse

from desk.visit import Visit, Visitor
from terms.errors import MapNotUnderstood
from watch.desk_companies import map_text, portfolio, portrait
from watch.desk_maps import import_map

router = APIRouter()
_LARGEST = 1_000_000  # bytes; as the reader of need maps


@router.get("/companies")
def show_companies(visit: Visitor) -> Response:
    """Everything one serves, need by need."""
    return visit.page("companies.html", found=portfolio(visit.desk.room, visit.served))


@router.get("/companies/{company_key}")
def show_company(visit: Visitor, company_key: str, saved: int = -1) -> Response:
    """Engagement, contacts, needs with their coverage, aid on record. saved: needs that got a new version."""
    return _page(visit, company_key, said=visit.t("map.saved", n=saved) if saved >= 0 else "")


@router.get("/companies/{company_key}/map.yaml")
def give_map(visit: Visitor, company_key: str) -> Response:
    """The need map as a file."""
    text = map_text(visit.desk.room, visit.served, company_key)
    name = f'attachment; filename="{company_key}.yaml"'
    return Response(text, media_type="application/yaml; charset=utf-8", headers={"content-disposition": name})


@router.post("/companies/{company_key}/map")
def take_map(visit: Visitor, company_key: str, file: Annotated[UploadFile, File()]) -> Response:
    """A need map from a file; what is wrong with it is said line by line, and nothing is changed."""
    content = file.file.read(_LARGEST + 1)
    try:
        fresh = import_map(visit.desk.room, visit.served, company_key, content, "map")
    except MapNotUnderstood as error:
        return _page(visit, company_key, problems=str(error).splitlines()[:200], status=400)
    return RedirectResponse(f"/companies/{company_key}?saved={len(fresh)}", 303)


def _page(
    visit: Visit, company_key: str, *, said: str = "", problems: list[str] | None = None, status: int = 200
) -> Response:
    shown = portrait(visit.desk.room, visit.served, company_key)
    return visit.page("company.html", shown=shown, said=said, problems=problems or [], status=status)
