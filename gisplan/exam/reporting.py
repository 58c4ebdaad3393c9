"""Who reports to the province (报告单元): its cities and zones, each with its card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.programme import cities_of, zones_of
from gisplan.exam.study import Study
from gisplan.model import Text

COLUMNS = (
    "code", "name", "zone", "in_plan", "city_class", "allowed_modes", "guidance", "status",
    "version", "approved_on", "projects", "invest", "without",
)  # fmt: skip
LIST_COLUMNS = ("list", "items", "invest", "without", "wider", "outside")
_NOTHING: Mapping[str, Any] = {"projects": 0, "invest": 0.0, "without": 0}
_UNKNOWN: Mapping[str, Any] = {"projects": None, "invest": None, "without": None}
LISTS = ("special_plan", "project_pool", "annual_plan")  # each is part of the one before


def reporting_units(study: Study) -> pd.DataFrame:
    """Return the cities and zones that report, with class, guidance, plan and projects.

    A plan of a province is asked for all of its cities and for the zones that report beside them;
    any other plan only for the cities that it has. A zone has no code of GB/T 2260: it is known by
    its name, with the code that the plan gives it.

    Returns
    -------
    DataFrame
        COLUMNS. `in_plan` tells whether the plan draws it; what nobody says is None. `status` is
        that of its newest plan in force or in the making, as the register has it. The projects
        are those on its land; None where it is not drawn.
    """
    drawn = _drawn(study)
    units = {code: {"code": code, "name": name, "zone": _is_zone(code)} for code, name in drawn}
    expected: set[str] = set()
    for province in _provinces(study):
        for code, title in cities_of(province).items():
            expected.add(code)
            units.setdefault(code, {"code": code, "name": title.zh, "zone": False})
        for zone in zones_of(province):
            own = next((code for code, name in drawn if name in zone.words), None)
            own = own or _named(study, zone.words)
            key = own or zone.title.zh
            units[key] = {"code": own, "name": zone.title.zh, "zone": True}
    have = {code for code, _ in drawn}
    guidance, register, sums = _guidance(study), _register(study), _sums(study)
    rows = []
    for key, unit in units.items():
        rows.append(
            {
                **unit,
                "in_plan": key in have,
                **guidance.get(key, {"city_class": None, "allowed_modes": [], "guidance": []}),
                **register.get(key, {"status": None, "version": None, "approved_on": None}),
                **sums.get(key, _NOTHING if key in have else _UNKNOWN),
            }
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["projects"] = table["projects"].astype("Int64")
    table["without"] = table["without"].astype("Int64")
    return table.sort_values(["zone", "code", "name"], kind="stable").reset_index(drop=True)


def gaps(units: pd.DataFrame) -> list[Text]:
    """Return what the reporting units lack, a line each."""
    asked = (
        (units["in_plan"].astype(bool), Text("规划图层中没有", "not drawn in the plan")),
        (units["city_class"].notna(), Text("没有更新类别", "without a class")),
        (units["status"].notna(), Text("规划登记表没有", "not in the register of plans")),
    )
    lacking: dict[tuple[str, ...], list[Text]] = {}
    for there, text in asked:
        names = tuple(units.loc[~there, "name"])
        if names:
            lacking.setdefault(names, []).append(text)
    notes = []
    for names, texts in lacking.items():
        listed = "、".join(names)
        zh, en = "、".join(text.zh for text in texts), ", ".join(text.en for text in texts)
        notes.append(Text(
            f"报告单元 {len(units)} 个，其中 {len(names)} 个{zh}：{listed}",
            f"of {len(units)} reporting units {len(names)} {en}: {listed}",
        ))  # fmt: skip
    return notes


def list_sums(study: Study) -> pd.DataFrame:
    """Return the lists of projects (项目库、年度计划), and what a list has beyond the wider one.

    Returns
    -------
    DataFrame
        LIST_COLUMNS. `outside` names the items of a list that are not in the next wider list
        (`wider`) that there is; an item is known by its code, else by its name.
    """
    layer = study.plan.layers.get("item_list")
    rows: list[dict[str, Any]] = []
    if layer is not None:
        wider, known = "", frozenset[str]()
        for name in LISTS:
            frame = layer.frame[layer.frame["list"] == name]
            if not len(frame):
                continue
            codes = frame["code"].astype(object).where(frame["code"].notna(), None)
            names = frame["name"].astype(str).str.strip()
            outside = [
                str(code or title)
                for code, title in zip(codes, names, strict=True)
                if wider and str(code or title) not in known and title not in known
            ]
            rows.append({
                "list": name, "items": len(frame), "invest": float(frame["invest"].sum()),
                "without": int(frame["invest"].isna().sum()), "wider": wider,
                "outside": sorted(outside),
            })  # fmt: skip
            wider, known = name, frozenset(names) | frozenset(c for c in codes if c is not None)
    return pd.DataFrame(rows, columns=list(LIST_COLUMNS))


def _is_zone(code: str) -> bool:
    return code not in codelist("admin")


def _provinces(study: Study) -> list[str]:
    if not study.has("province"):
        return []
    codes = study.plan.layers["province"].frame["code"].dropna().astype(str)
    return sorted({code for code in codes if code.ljust(6, "0") in codelist("admin")})


def _drawn(study: Study) -> list[tuple[str, str]]:
    if not study.has("city"):
        return []
    frame = study.plan.layers["city"].frame.dropna(subset=["code"])
    names = frame["name"].astype(object).where(frame["name"].notna(), "")
    return sorted(zip(frame["code"].astype(str), names.astype(str), strict=True))


def _named(study: Study, words: frozenset[str]) -> str | None:
    """Return the code that a table of the plan gives to a place of one of these names."""
    for name in ("city_guidance", "register"):
        layer = study.plan.layers.get(name)
        if layer is None:
            continue
        frame = layer.frame[layer.frame["code"].notna()]
        found = frame.loc[frame["name"].isin(words), "code"].astype(str)
        if len(found):
            return str(found.iloc[0])
    return None


def _guidance(study: Study) -> dict[str, dict[str, Any]]:
    layer = study.plan.layers.get("city_guidance")
    found: dict[str, dict[str, Any]] = {}
    for row in [] if layer is None else layer.frame.to_dict("records"):
        if _empty(row["code"]):
            continue
        own = found.setdefault(
            str(row["code"]), {"city_class": None, "allowed_modes": [], "guidance": []}
        )
        if not _empty(row["city_class"]):
            own["city_class"] = str(row["city_class"])
        if isinstance(row["allowed_modes"], list | tuple):
            own["allowed_modes"] = [str(mode) for mode in row["allowed_modes"]]
        if not _empty(row["indicator"]):
            low, high = (
                "" if _empty(row[end]) else f"{float(row[end]):g}" for end in ("low", "high")
            )
            own["guidance"].append(f"{row['indicator']} {low}–{high}")
    return found


def _register(study: Study) -> dict[str, dict[str, Any]]:
    layer = study.plan.layers.get("register")
    if layer is None:
        return {}
    frame = layer.frame
    mine = frame[(frame["tier"] == "city") & (frame["status"] != "superseded")]
    mine = mine.sort_values(["code", "approved_on", "version"], na_position="first", kind="stable")
    found = {}
    for row in mine.dropna(subset=["code"]).to_dict("records"):
        found[str(row["code"])] = {
            name: None if _empty(row[name]) else row[name]
            for name in ("status", "version", "approved_on")
        }
    return found


def _sums(study: Study) -> dict[str, dict[str, Any]]:
    layer = study.plan.layers.get("project")
    if layer is None or not len(layer.frame) or "city" not in study.places:
        return {}
    shapes = np.asarray(layer.frame["geometry"].array, dtype=object)
    home = study.locate("city", shapely.point_on_surface(shapes))
    labels = np.append(study.places["city"].labels, "")
    grouped = layer.frame["invest"].astype(float).groupby(labels[home])
    return {
        str(code): {
            "projects": len(money),
            "invest": float(money.sum()),
            "without": int(money.isna().sum()),
        }
        for code, money in grouped
    }


def _empty(value: object) -> bool:
    return not isinstance(value, list | tuple) and bool(pd.isna(value))
