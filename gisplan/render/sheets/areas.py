"""图数一致性表: areas as tables state them beside those of the map."""

from __future__ import annotations

from gisplan.catalogue.codes import codelist
from gisplan.model import Dossier, Lang, Severity, Text
from gisplan.render.balance import JUDGEMENT
from gisplan.render.palette import SEVERITY_FILL
from gisplan.render.rows import layer_name
from gisplan.render.sheets.table import Column, Sheet
from gisplan.render.words import pick

TITLE = Text("图数一致性表", "tables and map")
_KM2 = 1e6
_COLUMNS = [
    Column(Text("图层", "layer"), 18),
    Column(Text("类型", "kind"), 30),
    Column(Text("要素数", "features"), 10),
    Column(Text("填写面积的要素数", "stating an area"), 12),
    Column(Text("表格面积（km²）", "stated (km2)"), 16),
    Column(Text("图上面积（km²）", "map (km2)"), 16),
    Column(Text("差值（km²）", "difference (km2)"), 16),
    Column(Text("表格比例（%）", "stated (%)"), 12),
    Column(Text("图上比例（%）", "map (%)"), 12),
    Column(Text("比例差值", "difference (%)"), 12),
    Column(Text("机审结果", "judgement"), 12),
]
_FILLED = 10
_FILL = {"differs": SEVERITY_FILL[Severity.ERROR]}
_WHOLE = Text("合计", "whole layer")


def areas_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return a row for each layer and land use; only features that state an area count."""
    sheet = Sheet(TITLE, _COLUMNS)
    uses = codelist("land_use")
    whole = {row.layer: row for row in dossier.area_sums if not row.use}
    for row in dossier.area_sums:
        entry = uses.get(row.use)
        kind = f"{row.use} {pick(entry.title, lang)}" if entry else row.use
        all_of_it = whole[row.layer]
        stated = _percent(row.stated_m2, all_of_it.stated_m2)
        on_map = _percent(row.map_m2, all_of_it.map_m2)
        place = sheet.add(
            layer_name(dossier, row.layer, lang),
            kind or pick(_WHOLE, lang),
            row.features,
            row.stating,
            round(row.stated_m2 / _KM2, 6),
            round(row.map_m2 / _KM2, 6),
            round((row.stated_m2 - row.map_m2) / _KM2, 6) + 0.0,
            stated,
            on_map,
            round(stated - on_map, 2) + 0.0,
            pick(JUDGEMENT[row.judgement], lang),
        )
        if row.judgement in _FILL:
            sheet.fills[place] = (_FILLED, _FILL[row.judgement])
    return sheet


def _percent(own: float, total: float) -> float:
    return round(100 * own / total, 2) if total else 0.0
