"""Whatever is wrong with the files: read = checked + quarantined in every format."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gisplan.pipeline import open_plan, review
from gisplan.render.json import as_document
from gisplan.render.report import report_html
from gisplan.render.xlsx import write_xlsx

SPOILT = (float("nan"), "约500", "****", "-3", "１,２００", "", None, 1e300, [1], {"a": 1}, True)
CODES = ("21O102-GX001", 210102.0, "2.10102E+11", " 210102-GX002\u200b", "—", None, "无")
FILES = {
    "district": ("district.geojson",),
    "unit": ("unit_a.geojson", "unit_b.geojson", "unit_c.geojson"),
    "heritage_zone": ("heritage_zone.geojson", "紫线.geojson"),
    "control_line": ("control_line.geojson",),
}


def ring(x, y, size=0.002):
    corners = [(0, 0), (size, 0), (size, size), (0, size), (0, 0)]
    return [[123.4 + x + dx, 41.8 + y + dy] for dx, dy in corners]


@st.composite
def geometries(draw):
    x, y = draw(st.integers(0, 8)) / 400, draw(st.integers(0, 8)) / 400
    square = ring(x, y)
    bow_tie = [square[0], square[2], square[1], square[3], square[0]]
    hole = [square, [list(point) for point in square]]
    shapes = {
        "sound": {"type": "Polygon", "coordinates": [square]},
        "null": None,
        "empty": {"type": "Polygon", "coordinates": []},
        "bow-tie": {"type": "Polygon", "coordinates": [bow_tie]},
        "hole": {"type": "Polygon", "coordinates": hole},
        "nan": {"type": "Polygon", "coordinates": [[[float("nan"), 41.8], *square[1:]]]},
        "far": {"type": "Polygon", "coordinates": [[[1e9, 1e9], *square[1:]]]},
        "line": {"type": "LineString", "coordinates": square[:3]},
        "point": {"type": "Point", "coordinates": square[0]},
        "mixed": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "coordinates": [square]},
                {"type": "Point", "coordinates": square[0]},
            ],
        },
        "two points": {"type": "LineString", "coordinates": [square[0], square[0]]},
    }
    return shapes[draw(st.sampled_from(sorted(shapes)))]


@st.composite
def features(draw):
    code = draw(st.sampled_from([f"210102-GX{n:03}" for n in range(1, 6)]) | st.sampled_from(CODES))
    return {
        "type": "Feature",
        "geometry": draw(geometries()),
        "properties": {
            "code": code,
            "parent": "210102",
            "area": draw(st.sampled_from(SPOILT)),
            "mode": draw(st.sampled_from(["M1", "M6", "大拆", "", None])),
            "zone": draw(st.sampled_from(["Z6", "Z2", "紫色", None])),
            "kind": draw(st.sampled_from(["purple", "永久基本农田", None])),
            "approved_on": draw(st.sampled_from(["2024-7-6", "24-7-6", "2024", 45479, None])),
        },
    }


# every file has a feature: an empty one is no layer
plans = st.fixed_dictionaries(
    {
        name: st.lists(features(), min_size=1, max_size=4)
        for files in FILES.values()
        for name in files
    }
)


def write_plan(home, plan):
    lines = ['[plan]\nname = "账目"\n']
    for layer, files in FILES.items():
        for name in files:
            collection = {"type": "FeatureCollection", "features": plan[name]}
            (home / name).write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
            table = f"[[layers.{layer}]]" if len(files) > 1 else f"[layers.{layer}]"
            lines.append(f'{table}\npath = "{name}"\n')
    (home / "gisplan.toml").write_text("\n".join(lines), encoding="utf-8")


@settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
@given(plans)
def test_accounts_close_in_every_format(plan):
    with TemporaryDirectory() as folder:
        home = Path(folder)
        write_plan(home, plan)
        result = review(open_plan(home))
        check_json(as_document(result.dossier), plan)
        check_report(report_html(result.dossier, "zh"), result.dossier)
        write_xlsx(result.dossier, home / "f.xlsx", "zh")
        check_workbook(openpyxl.load_workbook(home / "f.xlsx"), result.dossier)
        check_verdicts(result)


def check_json(document, plan):
    lost = Counter()
    for row in document["accounts"]["left_out"]:
        lost[row["layer"]] += len(plan[row["path"]])
    counts = {row["layer"]: row for row in document["layers"]}
    for layer, files in FILES.items():
        count = counts[layer]
        assert count["read"] == count["checked"] + count["quarantined"]
        assert count["read"] + lost[layer] == sum(len(plan[name]) for name in files)
    aside = Counter()
    for row in document["accounts"]["quarantined"]:
        aside[row["layer"]] += row["features"]
        assert row["reason"]["zh"]
        assert row["reason"]["en"]
    assert aside == {name: row["quarantined"] for name, row in counts.items() if row["quarantined"]}
    repaired = Counter(
        row["layer"] for row in document["accounts"]["repaired"] if row["area_after_m2"] is not None
    )
    assert repaired == {name: row["repaired"] for name, row in counts.items() if row["repaired"]}


def check_report(page, dossier):
    for count in dossier.layers:
        assert f"读取 {count.read} = 检查 {count.checked} + 隔离 {count.quarantined}" in page
    if dossier.accounts.aside:
        table = page.split('id="aside"')[1].split("</table>")[0]
        assert len(re.findall("<tr><td", table)) == len(dossier.accounts.aside)


def check_workbook(book, dossier):
    head, *rows = book["未检查与隔离"].iter_rows(values_only=True)
    table = [dict(zip(head, row, strict=True)) for row in rows]
    read = sum(row["要素数"] for row in table if row["类型"] == "图层账目")
    aside = sum(row["要素数"] for row in table if row["类型"] == "要素已隔离")
    assert read == sum(count.read for count in dossier.layers)
    assert aside == sum(count.quarantined for count in dossier.layers)


def check_verdicts(result):
    """Every unit has a verdict, also one set aside; and none of those is clear."""
    layer = result.dossier.plan.layers.get("unit")
    if layer is None:
        return
    labels = list(layer.frame["_label"])
    aside = [] if layer.quarantine is None else list(layer.quarantine["_label"])
    assert sorted(result.verdicts["unit"]) == sorted(labels + aside)
    clear = set(result.verdicts["unit"][result.verdicts["verdict"] == "clear"])
    assert not clear & set(aside)
