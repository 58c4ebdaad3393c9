"""SCH: layers, fields, codes and names that are missing, doubled or unknown.

SCH109, a text cut at the limit of its field, can only be seen while a file is read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from gisplan.model import Exemption, Waiver
from gisplan.testing.plant.draft import Draft, Key, Row
from gisplan.testing.plant.kinds import plants
from gisplan.testing.plant.targets import (
    a_loose_unit,
    a_parcel,
    a_project,
    a_unit,
    free_code,
    is_there,
    other_admin,
)


@plants("SCH101")
def tier_without_layer(draft: Draft) -> None:
    """Declare a tier below the lowest one that no layer belongs to."""
    chain = [tier for tier in draft.chain if tier in draft.frames]
    name = f"block{sum(tier.startswith('block') for tier in draft.chain) + 1}"
    others = [tier for tier in draft.chain if tier not in chain]
    draft.config = replace(draft.config, tiers=(*chain, *others, name))
    draft.expect("SCH101", name, name)


def _lacks_field(draft: Draft, layer: str, like: Key, field: str) -> None:
    """Add a file with one feature, without a required field."""
    code = f"{draft.get(layer, like, 'code')}-X"
    key = draft.add(layer, like, code=code)
    file = draft.move_to_file(layer, [key], without=[field])
    draft.expect("SCH102", layer, file, kind=field)


@plants("SCH102")
def lines_without_kind(draft: Draft) -> None:
    """Add a file of control lines that does not say of which kind they are."""
    _lacks_field(draft, "control_line", draft.pick("control_line", aspect="shape"), "kind")


@plants("SCH102")
def zones_without_kind(draft: Draft) -> None:
    """Add a file of protection zones that does not say of which kind they are."""
    like = draft.pick("heritage_zone", aspect="shape")
    _lacks_field(draft, "heritage_zone", like, "zone")


def _unreadable(draft: Draft, layer: str, key: Key, field: str, value: Any) -> None:
    draft.set(layer, key, **{field: value})
    draft.expect("SCH103", layer, key, kind=field)


@plants("SCH103")
def words_for_a_number(draft: Draft) -> None:
    """Write words where a parcel's height is due."""
    parcel, _ = a_parcel(draft)
    _unreadable(draft, "parcel", parcel, "height", "详见附图")


@plants("SCH103")
def words_for_a_date(draft: Draft) -> None:
    """Write words where a unit's day of approval is due."""
    _unreadable(draft, "unit", a_unit(draft), "approved_on", "下季度上会")


@plants("SCH103")
def words_for_a_year(draft: Draft) -> None:
    """Write words where the year of a project's end is due."""
    project, _ = a_project(draft)
    _unreadable(draft, "project", project, "end_year", "远期")


@plants("SCH103")
def words_for_yes_or_no(draft: Draft) -> None:
    """Write words where yes or no is due."""
    _unreadable(draft, "unit", a_unit(draft), "old_town", "部分属于")


@plants("SCH104")
def unit_without_code(draft: Draft) -> None:
    """Leave out the code of a unit."""
    unit = a_loose_unit(draft)
    draft.set("unit", unit, code=None)
    draft.expect("SCH104", "unit", unit, kind="code")


@plants("SCH104")
def parcel_without_code(draft: Draft) -> None:
    """Leave out the code of a parcel."""
    parcel, _ = a_parcel(draft)
    draft.set("parcel", parcel, code=None)
    draft.expect("SCH104", "parcel", parcel, kind="code")


@plants("SCH104")
def row_without_indicator(draft: Draft) -> None:
    """Leave out which indicator a row is about."""
    row = _a_local_row(draft)
    draft.set("indicator", row, indicator=None)
    draft.expect("SCH104", "indicator", row, kind="indicator")


def _a_local_row(draft: Draft) -> Key:
    """Claim a row of an indicator that no other tier has; with it the area's other years."""

    def alone(key: Key) -> bool:
        indicator = draft.get("indicator", key, "indicator")
        tiers = {draft.get("indicator", other, "tier")
                 for other in draft.find("indicator", indicator=indicator)}  # fmt: skip
        return is_there(indicator) and len(tiers) == 1

    row = draft.pick("indicator", alone)
    code, indicator = (draft.get("indicator", row, name) for name in ("code", "indicator"))
    for other in draft.find("indicator", code=code, indicator=indicator):
        draft.claim("indicator", other)
    return row


@plants("SCH105")
def two_units_of_one_code(draft: Draft) -> None:
    """Give a unit the code of another one in its district."""
    unit = a_loose_unit(draft)
    district = draft.get("unit", unit, "parent")
    other = a_loose_unit(draft, lambda key: draft.get("unit", key, "parent") == district)
    code = draft.get("unit", other, "code")
    draft.set("unit", unit, code=code)
    draft.expect("SCH105", "unit", code)


@plants("SCH105")
def two_parcels_of_one_code(draft: Draft) -> None:
    """Give a parcel the code of its neighbour."""
    parcel, unit = a_parcel(draft)
    other = next(key for key in draft.children(unit)["parcel"] if key != parcel)
    code = draft.get("parcel", other, "code")
    draft.set("parcel", parcel, code=code)
    draft.expect("SCH105", "parcel", code)


@plants("SCH105")
def one_row_twice(draft: Draft) -> None:
    """Write a row of the indicator table twice."""
    row = _a_local_row(draft)
    draft.add("indicator", row)
    tier, code, name, year = (
        draft.get("indicator", row, column) for column in ("tier", "code", "indicator", "year")
    )
    draft.expect("SCH105", "indicator", row, kind=f"{tier}/{code}/{name}/{year:.0f}")


@plants("SCH106")
def unit_code_without_hyphen(draft: Draft) -> None:
    """Leave the hyphen out of a unit's code."""
    unit = a_loose_unit(draft)
    draft.set("unit", unit, code=draft.get("unit", unit, "code").replace("-", ""))
    draft.expect("SCH106", "unit", unit)


@plants("SCH106")
def project_code_of_another_form(draft: Draft) -> None:
    """Give a project a code of another form, in the lists too."""
    project, _ = a_project(draft)
    code = draft.get("project", project, "code")
    other = code.replace("-P", "-项目")
    draft.set("project", project, code=other)
    for row in draft.find("item_list", code=code):
        draft.set("item_list", row, code=other)
    draft.expect("SCH106", "project", project)


def _unknown(draft: Draft, layer: str, key: Key, field: str, value: str) -> None:
    draft.set(layer, key, **{field: value})
    draft.expect("SCH107", layer, key, kind=field)


@plants("SCH107")
def unknown_mode(draft: Draft) -> None:
    """Give a unit a mode that no list has."""
    _unknown(draft, "unit", a_unit(draft), "mode", "有机焕新")


@plants("SCH107")
def unknown_mode_in_a_list(draft: Draft) -> None:
    """Let a district allow a mode that no list has, among others."""
    district = draft.pick("district", aspect="modes", columns=("allowed_modes",))
    modes = draft.get("district", district, "allowed_modes")
    draft.set("district", district, allowed_modes=[*modes, "有机焕新"])
    draft.expect("SCH107", "district", district, kind="allowed_modes")


@plants("SCH107")
def unknown_status(draft: Draft) -> None:
    """Give a unit a status that no list has."""
    _unknown(draft, "unit", a_unit(draft), "status", "待定")


@plants("SCH107")
def unknown_kind_of_line(draft: Draft) -> None:
    """Add a control line of a kind that no list has."""
    like = draft.pick("control_line", aspect="shape")
    line = draft.add("control_line", like, code=f"{draft.get('control_line', like, 'code')}-Y")
    _unknown(draft, "control_line", line, "kind", "城市橙线")


@plants("SCH107")
def unknown_level(draft: Draft) -> None:
    """Give a protection zone a level that no list has."""
    zone = draft.pick("heritage_zone", aspect="level")
    _unknown(draft, "heritage_zone", zone, "level", "待评")


@plants("SCH107")
def code_of_a_former_county(draft: Draft) -> None:
    """Begin a unit's code with that of a county that has a new one; it is then not its parent's."""
    unit = a_loose_unit(draft)
    above = Row("district", draft.parent("unit", "district", unit))
    draft.set("unit", unit, code=free_code(draft, "210122"))
    draft.expect("SCH107", "unit", unit, kind="code")
    draft.expect("LST104", "unit", unit, above)


@plants("SCH108")
def district_called_like_another(draft: Draft) -> None:
    """Give a district the name of another one that the plan does not have."""
    from gisplan.catalogue.codes import codelist
    from gisplan.rules.place_names import other_place

    # units that write its name beside their code would contradict it too
    def unnamed(key: Key) -> bool:
        code = draft.get("district", key, "code")
        units = draft.find("unit", parent=code)
        return not any(is_there(draft.get("unit", unit, "district_name")) for unit in units)

    district = draft.pick("district", unnamed, "name")
    code = draft.get("district", district, "code")
    name = next(
        name
        for _ in range(100)
        if other_place(code, name := codelist("admin")[other_admin(draft)].title.zh)
    )
    draft.set("district", district, name=name)
    draft.expect("SCH108", "district", district)


@plants("SCH108")
def unit_names_another_district(draft: Draft) -> None:
    """Write the name of a neighbouring district beside a unit's code."""
    unit = a_unit(draft)
    here = draft.get("unit", unit, "parent")
    names = [draft.get("district", int(key), "name") for key in draft.frames["district"].index
             if draft.get("district", int(key), "code") != here
             and draft.is_free("district", int(key), "name")]  # fmt: skip
    draft.set("unit", unit, district_name=str(draft.rng.choice(names)))
    draft.expect("SCH108", "unit", unit, kind="district-name")


def _excuse(draft: Draft, waiver: Waiver, kind: str) -> None:
    draft.config = replace(draft.config, waivers=(*draft.config.waivers, waiver))
    draft.expect("SCH110", "", f"{waiver.code} {waiver.feature}", kind=kind)


@plants("SCH110")
def waiver_of_no_feature(draft: Draft) -> None:
    """Waive a finding on a unit that the plan does not have."""
    n = len(draft.config.waivers)
    waiver = Waiver("原单元已撤销", "示例市规划局", code="POL104", feature=f"219999-GX{n:03d}")
    _excuse(draft, waiver, "unknown-feature")


@plants("SCH110")
def waiver_without_finding(draft: Draft) -> None:
    """Waive a finding that a unit does not have."""
    code = draft.get("unit", a_unit(draft), "code")
    _excuse(draft, Waiver("已论证", "示例市规划局", code="POL102", feature=code), "unused")


@plants("SCH110")
def waiver_that_ran_out(draft: Draft) -> None:
    """Waive a finding until a day that has passed."""
    code = draft.get("unit", a_unit(draft), "code")
    until = dt.date(2021, 12, 31)
    waiver = Waiver("已论证", "示例市规划局", code="POL103", feature=code, until=until)
    _excuse(draft, waiver, "expired")


@plants("SCH110")
def exemption_by_no_field(draft: Draft) -> None:
    """Exempt a class of features by a field that no layer has."""
    n = len(draft.config.exemptions)
    exemption = Exemption("POL102", {f"pilot_{n}": "是"}, "试点", "示例省住建厅", layer="unit")
    draft.config = replace(draft.config, exemptions=(*draft.config.exemptions, exemption))
    draft.expect("SCH110", "", f"POL102 pilot_{n}=是", kind="unknown-field")
