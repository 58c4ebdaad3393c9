"""LST: lists that do not close, parents that are not there, codes that do not nest."""

from __future__ import annotations

from gisplan.testing.plant.draft import Draft, Key, NoPlaceError, Row
from gisplan.testing.plant.kinds import plants
from gisplan.testing.plant.targets import (
    a_loose_unit,
    a_project,
    free_code,
    other_admin,
)

_LIST = "item_list"


def _rows(draft: Draft, project: Key, kind: str | None = None) -> list[Key]:
    """Return the rows of a project in the lists, of one kind or all."""
    code = draft.get("project", project, "code")
    wanted = {"code": code} if kind is None else {"code": code, "list": kind}
    return draft.find(_LIST, **wanted)


def _a_listed_project(draft: Draft, annual: bool | None = None) -> Key:
    """Claim a project that special plan and pool have; `annual`: whether the annual plan has it."""

    def fits(key: Key) -> bool:
        kinds = {draft.get(_LIST, row, "list") for row in _rows(draft, key)}
        return {"special_plan", "project_pool"} <= kinds and (
            annual is None or annual == ("annual_plan" in kinds)
        )

    return a_project(draft, fits)[0]


@plants("LST101")
def item_that_nobody_takes_up(draft: Draft) -> None:
    """Put an item on the special plan's list that the map does not have."""
    like = draft.pick(_LIST, lambda key: draft.get(_LIST, key, "list") == "special_plan", "like")
    code = f"{draft.get('district', int(draft.frames['district'].index[0]), 'code')}-GX998-P001"
    draft.add(_LIST, like, of="project", code=code, name="滨河绿道贯通工程", mode=None, year=None,
              invest=None)  # fmt: skip
    draft.expect("LST101", _LIST, code)


@plants("LST101")
def item_under_another_code(draft: Draft) -> None:
    """Change the code of an item in the special plan; the pool's row has then nothing above it."""
    project = _a_listed_project(draft)
    code = draft.get("project", project, "code")
    listed = code.replace("-P001", "-P901")
    draft.set(_LIST, _rows(draft, project, "special_plan")[0], code=listed)
    draft.expect("LST101", _LIST, listed, Row("project", project), "suspected")
    draft.expect("LST106", _LIST, code, kind="project_pool")


@plants("LST102")
def parent_that_is_not_there(draft: Draft) -> None:
    """Let a unit name a district that the plan does not have."""
    unit = a_loose_unit(draft)
    other = other_admin(draft)
    draft.set("unit", unit, parent=other)
    draft.expect("LST102", "unit", unit, other, "unknown")


@plants("LST102")
def parent_left_blank(draft: Draft) -> None:
    """Leave out the district of a unit."""
    unit = a_loose_unit(draft)
    draft.set("unit", unit, parent=None)
    draft.expect("LST102", "unit", unit, kind="missing")


def _differs(draft: Draft, field: str, listed: str) -> None:
    """Change a field of a project that its narrowest list has as well."""
    project = _a_listed_project(draft)
    own = draft.get("project", project, field)
    draft.set("project", project, **{field: own + "二期" if field == "name" else own + 120.0})
    row = _rows(draft, project)[-1]
    draft.expect("LST103", "project", project, Row(_LIST, row), field)


@plants("LST103")
def name_differs_from_the_list(draft: Draft) -> None:
    """Call a project otherwise than its list does."""
    _differs(draft, "name", "name")


@plants("LST103")
def investment_differs_from_the_list(draft: Draft) -> None:
    """Give a project another investment than its list has."""
    _differs(draft, "invest", "invest")


@plants("LST103")
def mode_differs_from_the_list(draft: Draft) -> None:
    """Give a project a milder mode than its list has."""

    def fits(key: Key) -> bool:
        mode = draft.get("project", key, "mode")
        return mode in {"M2", "M3", "M5"} and len(_rows(draft, key)) > 1

    project, _ = a_project(draft, fits)
    draft.set("project", project, mode="M1")
    draft.expect("LST103", "project", project, Row(_LIST, _rows(draft, project)[-1]), "mode")


@plants("LST104")
def code_of_another_district(draft: Draft) -> None:
    """Give a unit a code that begins with another district's than it belongs to."""
    unit = a_loose_unit(draft)
    here = draft.parent("unit", "district", unit)
    others = [int(key) for key in draft.frames["district"].index if key != here]
    other = draft.get("district", int(draft.rng.choice(others)), "code")
    draft.set("unit", unit, code=free_code(draft, other))
    draft.expect("LST104", "unit", unit, Row("district", here))


@plants("LST105")
def project_that_is_not_drawn(draft: Draft) -> None:
    """Delete a project from the map; the special plan's list misses it as well."""
    project = _a_listed_project(draft)
    code = draft.get("project", project, "code")
    kinds = [draft.get(_LIST, row, "list") for row in _rows(draft, project)]
    draft.drop("project", [project])
    draft.expect("LST101", _LIST, code)
    for kind in kinds:
        if kind != "special_plan":
            draft.expect("LST105", _LIST, code, kind=kind)


@plants("LST105")
def project_that_no_list_has(draft: Draft) -> None:
    """Strike a project from all lists."""
    project = _a_listed_project(draft)
    draft.drop(_LIST, _rows(draft, project))
    draft.expect("LST105", "project", project, kind="no-row")


@plants("LST105")
def plan_of_no_district(draft: Draft) -> None:
    """Register the plan of a district that the map does not have."""
    like = draft.pick("register", lambda key: draft.get("register", key, "tier") == "district",
                      "like")  # fmt: skip
    other = other_admin(draft)
    draft.add("register", like, code=other, name=f"{other}城市更新专项规划")
    draft.expect("LST105", "register", other, kind="register")


@plants("LST106")
def annual_plan_outside_the_pool(draft: Draft) -> None:
    """Strike a project of the annual plan from the pool."""
    project = _a_listed_project(draft, annual=True)
    draft.drop(_LIST, _rows(draft, project, "project_pool"))
    draft.expect("LST106", _LIST, draft.get("project", project, "code"), kind="annual_plan")


def _special_plan_says(draft: Draft, field: str, by: float) -> None:
    project = _a_listed_project(draft)
    row = _rows(draft, project, "special_plan")[0]
    draft.set(_LIST, row, **{field: draft.get(_LIST, row, field) + by})
    draft.expect("LST106", _LIST, draft.get("project", project, "code"), kind=field)


@plants("LST106")
def other_year_in_the_special_plan(draft: Draft) -> None:
    """Give the special plan another year than the pool has."""
    _special_plan_says(draft, "year", 1)


@plants("LST106")
def other_amount_in_the_special_plan(draft: Draft) -> None:
    """Give the special plan another investment than the pool has."""
    _special_plan_says(draft, "invest", 55.0)


def _a_listed_body(draft: Draft) -> tuple[Key, Key]:
    """Claim a heritage body that the published list has; return it and its row there."""

    def row(key: Key) -> list[Key]:
        return draft.find("heritage_list", code=draft.get("heritage_body", key, "code"))

    body = draft.pick("heritage_body", lambda key: bool(row(key)))
    return body, row(body)[0]


@plants("LST107")
def monument_that_is_not_drawn(draft: Draft) -> None:
    """Publish a monument that the map does not have."""
    if not draft.has("heritage_list"):
        raise NoPlaceError(f"{draft.by}: the plan has no published list")
    like = int(draft.frames["heritage_list"].index[0])
    code = f"WW9{len(draft.frames['heritage_list']):02d}"
    draft.add("heritage_list", like, code=code, name=f"{code}水塔旧址")
    draft.expect("LST107", "heritage_list", code, kind="missing")


@plants("LST107")
def monument_that_is_not_published(draft: Draft) -> None:
    """Strike a monument from the published list."""
    body, row = _a_listed_body(draft)
    draft.drop("heritage_list", [row])
    draft.expect("LST107", "heritage_body", body, kind="extra")


@plants("LST107")
def monument_of_another_level(draft: Draft) -> None:
    """Publish a monument with another level than the map has."""
    body, row = _a_listed_body(draft)
    own = draft.get("heritage_body", body, "level")
    draft.set("heritage_list", row, level="county" if own != "county" else "city")
    draft.expect("LST107", "heritage_body", body, kind="level")
