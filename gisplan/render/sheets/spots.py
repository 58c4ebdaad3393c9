"""图斑清单: every finding that has a place, with where it lies."""

from __future__ import annotations

from gisplan.catalogue.registry import registry
from gisplan.model import Dossier, Lang, Severity, Text
from gisplan.render.districts import districts_of
from gisplan.render.palette import SEVERITY_FILL
from gisplan.render.rows import finding_cells, records
from gisplan.render.sheets.table import Column, Sheet, by_lang
from gisplan.render.thumbnail import thumbnails
from gisplan.render.words import missing, pick

TITLE = Text("图斑清单", "places")
COLUMNS = [
    Column(Text("图斑编号", "no."), 10),
    Column(Text("图层", "layer"), 16),
    Column(Text("要素", "feature"), 22),
    Column(Text("面积（㎡）", "area (m2)"), 14),
    Column(Text("中心经度", "longitude"), 14),
    Column(Text("中心纬度", "latitude"), 14),
    Column(Text("所属行政区", "area above"), 26, wrap=True),
    Column(Text("问题类型", "kind"), 30, wrap=True),
    Column(Text("等级", "severity"), 8),
    Column(Text("问题描述", "description"), 60, wrap=True),
    Column(Text("指纹", "fingerprint"), 20),
    Column(Text("缩略图", "picture"), 20),
]
_FILLED = 8
DRAWN = 500  # pictures; one is some 2 kB, and takes some milliseconds


def spots_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return a row for each finding that has a place, in the order of the dossier.

    The first ones have a picture of the evidence; those after them name the map.
    """
    sheet = Sheet(TITLE, COLUMNS)
    rules, districts = registry(), districts_of(dossier)
    pictures = thumbnails(dossier, DRAWN)
    placed = zip(records(dossier.findings), districts.of_finding, strict=True)
    for number, (row, own) in enumerate(placed, start=1):
        if missing(row["lon"]):
            continue
        cells = finding_cells(dossier, row, lang)
        known = row["unit"] == "m2" and not missing(row["measure"])
        named = [districts.listed[place] for place in own]
        place = sheet.add(
            number,
            cells["layer"],
            row["feature"],
            round(float(row["measure"]), 2) if known else None,
            cells["lon"],
            cells["lat"],
            "\n".join(f"{one.label} {one.name}".strip() for one in named),
            f"{row['code']} {pick(rules[row['code']].rule.title, lang)}".strip()
            if row["code"] in rules
            else row["code"],
            cells["severity"],
            cells["message"],
            row["fingerprint"],
            None if row["fingerprint"] in pictures else by_lang(lang, "见地图", "on the map"),
        )
        if row["fingerprint"] in pictures:
            sheet.pictures[place] = pictures[row["fingerprint"]]
        sheet.links[place] = (2, f"finding={row['fingerprint']}")
        if row["state"] != "waived":
            sheet.fills[place] = (_FILLED, SEVERITY_FILL[Severity(row["severity"])])
    return sheet
