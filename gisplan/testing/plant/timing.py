"""TIM: dates and versions that are out of line."""

from __future__ import annotations

import pandas as pd

from gisplan.testing.plant.draft import Draft, Key, Row
from gisplan.testing.plant.kinds import plants
from gisplan.testing.plant.targets import a_project, a_unit, is_there


def _district(draft: Draft, unit: Key) -> Row:
    return Row("district", draft.parent("unit", "district", unit))


def _registered(draft: Draft, above: Row) -> Key:
    """Return the register's row of the plan in force of an area."""
    code = draft.get(above.layer, above.key, "code")
    rows = draft.find("register", tier=above.layer, code=code)
    return next(key for key in rows if draft.get("register", key, "status") != "superseded")


@plants("TIM101")
def unit_before_district(draft: Draft) -> None:
    """Approve a unit four days before its district's plan."""
    unit = a_unit(draft)
    above = _district(draft, unit)
    day = draft.get("register", _registered(draft, above), "approved_on")
    draft.set("unit", unit, approved_on=day - pd.Timedelta(days=4))
    draft.expect("TIM101", "unit", unit, above)


@plants("TIM101")
def unit_still_in_review(draft: Draft) -> None:
    """Leave a unit under review while its project is approved."""
    project, unit = a_project(draft)
    draft.set("unit", unit, status="review", approved_on=None)
    draft.expect("TIM101", "project", project, Row("unit", unit), "parent-unapproved")


@plants("TIM102")
def period_beyond_the_district(draft: Draft) -> None:
    """Let a unit's period end two years after its district's."""
    unit = a_unit(draft)
    end = draft.get("unit", unit, "period_end")
    draft.set("unit", unit, period_end=end + pd.DateOffset(years=2))
    draft.expect("TIM102", "unit", unit, _district(draft, unit))


@plants("TIM102")
def period_backwards(draft: Draft) -> None:
    """Exchange the first and the last day of a unit's period."""
    # an exam would then be too old as well
    unit = a_unit(draft, lambda key: not is_there(draft.get("unit", key, "problems")))
    start, end = (draft.get("unit", unit, name) for name in ("period_start", "period_end"))
    draft.set("unit", unit, period_start=end, period_end=start)
    draft.expect("TIM102", "unit", unit, kind="reversed")


def _a_registered_district(draft: Draft, aspect: str) -> tuple[Key, Row, Row]:
    """Return the register's row of a district, the district and its city."""
    district = draft.pick(
        "district",
        lambda key: bool(draft.find("register", code=draft.get("district", key, "code"))),
        aspect,
    )
    here = Row("district", district)
    city = Row("city", draft.parent("district", "city", district))
    return _registered(draft, here), here, city


@plants("TIM103")
def cites_the_former_version(draft: Draft) -> None:
    """Let a district's plan cite the version of the city's plan that was superseded."""
    row, here, city = _a_registered_district(draft, "version")
    code = draft.get("city", city.key, "code")
    former = draft.find("register", tier="city", code=code, status="superseded")[0]
    draft.set("register", row, based_on=draft.get("register", former, "version"))
    draft.expect("TIM103", "register", draft.get("district", here.key, "code"), city, "superseded")


@plants("TIM103")
def cites_an_unknown_version(draft: Draft) -> None:
    """Let a district's plan cite a version that the register does not have."""
    row, here, city = _a_registered_district(draft, "version")
    draft.set("register", row, based_on="V1987")
    draft.expect("TIM103", "register", draft.get("district", here.key, "code"), city, "unknown")


@plants("TIM103")
def two_versions_in_force(draft: Draft) -> None:
    """Register another plan in force for a district, a day later."""
    row, here, _ = _a_registered_district(draft, "version")
    day = draft.get("register", row, "approved_on") + pd.Timedelta(days=1)
    draft.add("register", row, version="V2099", approved_on=day)
    code = draft.get("district", here.key, "code")
    draft.expect("TIM103", "register", code, kind="twice-district")


@plants("TIM104")
def zone_years_late(draft: Draft) -> None:
    """Approve a protection zone two years after its designation."""
    zone = draft.pick("heritage_zone", lambda key: draft.get("heritage_zone", key, "zone") == "Z2")
    day = draft.get("heritage_zone", zone, "designated_on")
    draft.set("heritage_zone", zone, approved_on=day + pd.DateOffset(years=2))
    draft.expect("TIM104", "heritage_zone", zone)


@plants("TIM105")
def notice_of_three_weeks(draft: Draft) -> None:
    """Announce a plan for 21 days."""
    row = draft.pick(
        "register",
        lambda key: draft.get("register", key, "status") != "superseded",
        columns=("noticed_from", "noticed_to"),
    )
    since = draft.get("register", row, "noticed_from")
    draft.set("register", row, noticed_to=since + pd.Timedelta(days=20))
    draft.expect("TIM105", "register", row)


def _rests_on_an_exam(draft: Draft, years: int, kind: str) -> None:
    """Let a unit take up a problem of an exam so many years after the beginning of its plan."""
    unit = a_unit(draft)
    like = draft.pick("exam_problem", aspect="year")
    year = draft.get("unit", unit, "period_start").year + years
    code = f"TJ9{len(draft.frames['exam_problem']):02d}"
    problem = draft.add("exam_problem", like, code=code, year=year)
    draft.set("unit", unit, problems=code)
    draft.expect("TIM106", "unit", unit, Row("exam_problem", problem), kind)


@plants("TIM106")
def exam_of_long_ago(draft: Draft) -> None:
    """Rest a unit on an exam five years before its plan."""
    _rests_on_an_exam(draft, -5, "old")


@plants("TIM106")
def exam_to_come(draft: Draft) -> None:
    """Rest a unit on an exam two years after its plan began."""
    _rests_on_an_exam(draft, 2, "later")


@plants("TIM107")
def ends_before_it_starts(draft: Draft) -> None:
    """Let a project end the year before it starts."""
    project, _ = a_project(draft)
    start = draft.get("project", project, "start_year")
    draft.set("project", project, end_year=start - 1)
    draft.expect("TIM107", "project", project, kind="end")


@plants("TIM107")
def planned_after_its_end(draft: Draft) -> None:
    """Put a project into the annual plan of the year after its end."""
    project, _ = a_project(draft)
    year = draft.get("project", project, "end_year") + 1
    code = draft.get("project", project, "code")
    draft.set("project", project, plan_year=year)
    for row in draft.find("item_list", code=code):
        draft.set("item_list", row, year=year)
    draft.expect("TIM107", "project", project, kind="plan")


@plants("TIM107")
def starts_before_the_approval(draft: Draft) -> None:
    """Start a project the year before its unit was approved."""
    project, unit = a_project(draft)
    year = draft.get("unit", unit, "approved_on").year - 1
    draft.set("project", project, start_year=year)
    draft.expect("TIM107", "project", project, Row("unit", unit), "early")
