"""冲突清单: what is planned against heritage, with ruling, source and route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisplan.catalogue.codes import codelist
from gisplan.model import Dossier, Lang, Severity, Text
from gisplan.render.palette import SEVERITY_FILL
from gisplan.render.rows import finding_cells, records
from gisplan.render.sheets.errors import STATES
from gisplan.render.sheets.table import Column, Features, Sheet, cell
from gisplan.render.words import missing, pick

TITLE = Text("冲突清单", "heritage conflicts")
COLUMNS = [
    Column(Text("序号", "no."), 6),
    Column(Text("单元或地块编号", "feature"), 22),
    Column(Text("名称", "name"), 18),
    Column(Text("更新方式", "renewal mode"), 14),
    Column(Text("阶段", "stage"), 10),
    Column(Text("保护对象编号", "heritage code"), 16),
    Column(Text("保护对象名称", "heritage name"), 26, wrap=True),
    Column(Text("保护区划或类别", "zone or kind"), 24, wrap=True),
    Column(Text("级别", "level"), 10),
    Column(Text("重叠面积（㎡）", "overlap (m2)"), 14),
    Column(Text("占单元（%）", "of the unit (%)"), 12),
    Column(Text("占保护区划（%）", "of the zone (%)"), 12),
    Column(Text("涉及保护对象数", "heritage bodies inside"), 28, wrap=True),
    Column(Text("涉及保护对象名单", "their names"), 30, wrap=True),
    Column(Text("涉及建筑数", "buildings"), 12),
    Column(Text("拆除建筑面积（㎡）", "demolished (m2)"), 16),
    Column(Text("最近距离（m）", "distance (m)"), 12),
    Column(Text("规划高度（m）", "height (m)"), 12),
    Column(Text("控制高度（m）", "height cap (m)"), 12),
    Column(Text("超高（m）", "over the cap (m)"), 12),
    Column(Text("冲突等级", "ruling"), 20, wrap=True),
    Column(Text("法律依据", "sources"), 44, wrap=True),
    Column(Text("审批或征求意见路径、建议措施", "route and remedy"), 50, wrap=True),
    Column(Text("问题描述", "description"), 50, wrap=True),
    Column(Text("责任单位", "responsible"), 18),
    Column(Text("处理状态", "state"), 12, choices=STATES),
    Column(Text("指纹", "fingerprint"), 20),
]
_FILLED = 20
_STAGES = {
    "screening": Text("潜在", "potential"),
    "action": Text("已确认", "confirmed"),
}


def conflicts_sheet(dossier: Dossier, lang: Lang) -> Sheet:
    """Return the heritage findings, the strictest first as in the dossier.

    What a rule did not measure stays empty; nothing is taken for zero.
    """
    sheet = Sheet(TITLE, COLUMNS)
    features = Features(dossier)
    findings = dossier.findings
    of_heritage = findings["ruling"].notna() | findings["code"].str.startswith("HER")
    for number, row in enumerate(records(findings[of_heritage]), start=1):
        actor = features.get(row["layer"], row["feature"])
        other = features.get(row["related_layer"], row["related"])
        cells = finding_cells(dossier, row, lang)
        figures = _with_stated(row, actor, other)
        reply = dossier.ledger.get(row["fingerprint"])
        place = sheet.add(
            number,
            row["feature"],
            cell(actor, "name"),
            _title("mode", cell(actor, "mode"), lang)
            or _title("action", cell(actor, "action"), lang),
            _stage(figures, lang),
            row["related"],
            cell(other, "name"),
            _kind(other, lang) or cells["related_layer"],
            _title("level", cell(other, "level"), lang),
            _first(figures, "area_m2")
            or (None if row["unit"] != "m2" or missing(row["measure"]) else row["measure"]),
            _percent(_first(figures, "share_of_unit", "share_actor")),
            _percent(_first(figures, "share_of_zone", "share_of_body", "share_zone")),
            _bodies(figures, lang),
            _names(figures, lang),
            _first(figures, "n_buildings"),
            _first(figures, "demolish_area_m2", "demolished_m2"),
            _distance(row, figures),
            _first(figures, "height_m"),
            _first(figures, "height_cap_m"),
            _first(figures, "excess_m"),
            cells["ruling"] or cells["severity"],
            cells["sources"],
            cells["remedy"],
            cells["message"],
            cell(actor, "responsible"),
            reply.state if reply and reply.state else cells["state"],
            row["fingerprint"],
        )
        sheet.links[place] = (1, f"finding={row['fingerprint']}")
        if row["state"] != "waived":
            sheet.fills[place] = (_FILLED, SEVERITY_FILL[Severity(row["severity"])])
    return sheet


def _with_stated(
    row: Mapping[Any, Any], actor: Mapping[str, Any], other: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the figures of a finding; what it does not measure as the features state it.

    The height of a building is that of today, and no planned one.
    """
    stated = {"height_cap_m": cell(other, "height_cap")}
    if row["layer"] != "building":
        stated["height_m"] = cell(actor, "height")
        stated["demolish_area_m2"] = cell(actor, "demolish_area")
    return {**stated, **(row["measures"] or {})}


def _stage(figures: Mapping[str, Any], lang: Lang) -> str | None:
    stage = _STAGES.get(str(figures.get("stage")))
    return None if stage is None else pick(stage, lang)


def _bodies(figures: Mapping[str, Any], lang: Lang) -> str | None:
    """Return how many bodies of each class and level lie in the feature."""
    counted = figures.get("bodies") or {}
    parts = []
    for kind, number in counted.items():
        asset, _, level = kind.partition("/")
        title = _title("asset_class", asset, lang)
        graded = f"{title}（{_title('level', level, lang)}）" if level else title
        parts.append(f"{graded} {number}")
    return ("；" if lang == "zh" else "; ").join(parts) or None


def _names(figures: Mapping[str, Any], lang: Lang) -> str | None:
    """Return the names of the bodies, and that there are more where not all are listed."""
    names = list(figures.get("body_names") or ())
    more = int(figures.get("n_bodies") or 0) - len(names)
    if more > 0:
        names.append(pick(Text(f"另有 {more} 处", f"{more} more"), lang))
    return ("、" if lang == "zh" else ", ").join(names) or None


def _kind(other: Mapping[str, Any], lang: Lang) -> str | None:
    for field, codes in (
        ("zone", "zone"),
        ("asset_class", "asset_class"),
        ("kind", "control_line"),
    ):
        value = cell(other, field)
        if value is not None:
            return str(_title(codes, value, lang))
    return None


def _title(codes: str, value: Any, lang: Lang) -> Any:
    entry = codelist(codes).get(value) if isinstance(value, str) else None
    return pick(entry.title, lang) if entry else value


def _first(figures: Mapping[str, Any], *names: str) -> Any:
    return next((figures[name] for name in names if not missing(figures.get(name))), None)


def _percent(share: Any) -> float | None:
    return None if share is None else round(float(share) * 100, 2)


def _distance(row: Mapping[str, Any], figures: Mapping[str, Any]) -> Any:
    value = _first(figures, "distance_m")
    if value is None and row["unit"] == "m" and row["related_layer"] == "heritage_body":
        return None if missing(row["measure"]) else row["measure"]
    return value
