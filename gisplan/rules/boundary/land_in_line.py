"""Parcels inside a control line whose planned use does not belong there."""

from __future__ import annotations

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Judgement, Tables
from gisplan.catalogue.rule import Params
from gisplan.model import Text
from gisplan.rules.boundary.entered import (
    Row,
    answer,
    contacts,
    entered,
    no_lines,
    unknown,
    values,
)


def judge_land(tables: Tables, params: Params, kind: str) -> Judgement:
    """Return the parcels in a kind of line whose use `params.uses` does not list."""
    if (nothing := no_lines(tables, kind)) is not None:
        return nothing
    found, filtered = contacts(tables, "relate", kind, params)
    parcels = [row for row in found if row["actor_layer"] == "parcel"]
    offenders, aside = land_in_line(tables, params, parcels)
    return answer(offenders, aside, filtered)


def land_in_line(
    tables: Tables, params: Params, parcels: list[Row]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return offenders among parcels that meet a line, and those whose use is not known."""
    allowed = tuple(code.strip() for code in str(params.uses).split(",") if code.strip())
    uses = values(tables, "parcel", "land_use")
    offenders, aside = [], []
    for row in parcels:
        code = uses[row["fid"]]
        if code is None or str(code) not in codelist("land_use"):
            aside.append(
                unknown(
                    row,
                    f"用地代码未填写或者无法识别，与 {row['line']} 的关系无法判定",
                    f"its land-use code is missing or unknown, and it meets {row['line']}",
                )
            )
        elif not str(code).startswith(allowed):
            title = codelist("land_use")[str(code)].title
            use = Text(f"{code} {title.zh}", f"{code} {title.en}".removesuffix(f" {code}"))
            offenders.append(entered(tables, row, params.min_area, params={"use": use}))
    return offenders, aside
