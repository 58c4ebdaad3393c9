"""The area field of a file is in another unit, or planar (面积单位或面积类型存疑).

What it checks: the area field of every file against the area on the ellipsoid. Where the totals, or
more than half of the features, have the ratio of hectares, mu (亩) or square kilometres within 1 %,
the field is in that unit. Where more than half of the features state the area in the plane of the
file's CRS rather than that on the ellipsoid, of those where the two differ by more than three
rounding steps, it is planar: told where the plan lies in a zone of CGCS2000, for which areas on the
ellipsoid are the norm.
Why it matters: added up with fields in m2 it is off by a factor; planar areas grow with the
distance from the central meridian and do not add up across zones.
Left to others: features that contradict the map in the unit found here IND111, as does a field that
mixes units; sums of indicators IND102 to IND104.
"""

from __future__ import annotations

from gisplan.catalogue.judgement import Judgement, Tables, judged, skipped
from gisplan.catalogue.rule import Params, Rule
from gisplan.model import Severity, Text
from gisplan.rules.indicator.stated_areas import DIAGNOSIS, Meaning, meanings, stated_areas
from gisplan.rules.notes import layer_title

RULE = Rule(
    code="IND113",
    name="area-unit-suspect",
    title=Text("面积单位或类型存疑", "area unit suspect"),
    severity=Severity.WARNING,
    measures=("area",),
    params=DIAGNOSIS,
    sources=("ellipsoidal-area", "gisplan-proposal"),
    message=Text(
        "{title}（{feature}）的面积字段疑以{unit_name}为单位：合计 {stated:.12g}，"
        "图上椭球面积合计 {total:.2f} 平方米，{n} 个填有面积的要素中 {fits} 个相符",
        "{title} ({feature}): its area field is probably in {unit_name}: it sums to {stated:.12g},"
        " the areas on the ellipsoid to {total:.2f} m2; {fits} of {n} stated areas bear it out",
    ),
    remedy=Text(
        "面积字段一律以平方米填写：1 公顷 = 10000 平方米，1 亩 = 666.67 平方米",
        "state areas in square metres: 1 ha = 10000 m2, 1 mu = 666.67 m2",
    ),
)
_PLANAR = Text(
    "{title}（{feature}）的面积字段是平面面积：合计与投影平面面积相差 {off_plane:.2f} 平方米，"
    "与椭球面积相差 {measure:.2f} 平方米",
    "{title} ({feature}): its area field is planar: it sums to {off_plane:.2f} m2 off the area in"
    " the plane of its CRS, and {measure:.2f} m2 off that on the ellipsoid",
)
_COMPUTE = Text(
    "按 CGCS2000 椭球面积重算面积字段", "compute the area field anew on the CGCS2000 ellipsoid"
)


def judge(tables: Tables, params: Params) -> Judgement:
    """Return the files whose area field is in another unit than m2, or planar."""
    rows = stated_areas(tables)
    if rows.empty:
        return skipped("没有面积字段", "no area field")
    found = list(meanings(rows, params))
    return judged(
        [_unit(tables, meaning) for meaning in found if meaning.unit is not None]
        + [_planar(tables, m) for m in found if m.planar and tables.ellipsoidal_due]
    )


def _file(tables: Tables, meaning: Meaning) -> dict[str, object]:
    return {"layer": meaning.layer, "fid": -1, "feature": meaning.path}


def _unit(tables: Tables, meaning: Meaning) -> dict[str, object]:
    rows = meaning.rows
    stated, total = float(rows["stated"].sum()), float(rows["area_m2"].sum())
    unit = meaning.unit.title if meaning.unit else Text("", "")
    return {
        **_file(tables, meaning),
        "kind": f"unit:{unit.en}",
        "measure": stated / total,
        "limit": 1.0,
        "unit": "ratio",
        "measures": {"stated": stated, "area_m2": total, "fits": int(rows["fits"].sum())},
        "params": {
            "title": layer_title(tables, meaning.layer),
            "unit_name": unit,
            "stated": round(stated, 6),
            "total": total,
            "n": len(rows),
            "fits": int(rows["fits"].sum()),
        },
    }


def _planar(tables: Tables, meaning: Meaning) -> dict[str, object]:
    rows = meaning.rows[~meaning.rows["repaired"]]
    given = float(rows["given"].sum())
    off = abs(given - float(rows["area_m2"].sum()))
    off_plane = abs(given - float(rows["source_area_m2"].sum()))
    return {
        **_file(tables, meaning),
        "kind": "planar",
        "measure": off,
        "unit": "m2",
        "measures": {"off_plane": off_plane},
        "message": _PLANAR,
        "remedy": _COMPUTE,
        "params": {"title": layer_title(tables, meaning.layer), "off_plane": off_plane},
    }
