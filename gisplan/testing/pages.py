"""Builds the page of every rule, its first failing case drawn: `python -m gisplan.testing.pages`.

Pages come from the rules and their cases alone, so they cannot rot: a test compares them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from gisplan.catalogue.pages import page_of, reason_of
from gisplan.catalogue.registry import RegisteredRule, registry
from gisplan.catalogue.rule import Param
from gisplan.catalogue.scales import explain_scales
from gisplan.catalogue.sources import cite
from gisplan.model import Outcome, Plan, RuleRun
from gisplan.render import words
from gisplan.render.palette import SEVERITY_COLOUR
from gisplan.render.svg import HEIGHT, WIDTH, Drawn, picture
from gisplan.testing.cases import Case, load_cases, offender_message, run_on
from gisplan.testing.drawing import draw

View = tuple[float, float, float, float]

_STYLE = (
    "<style>svg{font:11px sans-serif}.ground{fill:#fff}.labels text{text-anchor:middle;"
    "paint-order:stroke;stroke:#fff;stroke-width:3px}.scale path{fill:none;stroke:#333}"
    ".north path{fill:#333}.north text{text-anchor:middle}</style>"
)
_PAINT = {
    "heritage_zone": 'fill="#6a3d9a" fill-opacity=".18" stroke="#6a3d9a" stroke-dasharray="4 3"',
    "heritage_body": 'fill="#4a1486" stroke="#fff"',
    "control_line": 'fill="#2f7d4f" fill-opacity=".15" stroke="#2f7d4f" stroke-dasharray="6 3"',
    "view": 'fill="#e0a030" fill-opacity=".12" stroke="#b06a00" stroke-dasharray="8 3"',
    "building": 'fill="#8a8f98" fill-opacity=".5" stroke="#5c6067"',
    "parcel": 'fill="#e7d9b5" fill-opacity=".6" stroke="#a58b4b"',
}
_TIER = 'fill="#dfe3e8" fill-opacity=".35" stroke="#7c858f"'


def build_pages(cases: Path) -> dict[str, str]:
    """Return every page and picture by file name.

    Parameters
    ----------
    cases : Path
        Folder of the cases: `<family>/<CODE>.yaml`.
    """
    files: dict[str, str] = {}
    entries = [entry for _, entry in sorted(registry().items())]
    for entry in entries:
        code = entry.rule.code
        shown = next(_examples(cases / entry.module.split(".")[-2] / f"{code}.yaml"), None)
        if shown is not None and (svg := _drawing(*shown)):
            files[f"{code}.svg"] = svg
        files[f"{code}.md"] = _page(entry, shown, f"{code}.svg" in files)
    files["README.md"] = _index(entries)
    return files


def _examples(path: Path) -> Iterator[tuple[Case, Plan, RuleRun]]:
    """Yield the failing cases of a rule, each with its plan and what the rule says of it."""
    for case in load_cases(path) if path.is_file() else []:
        if case.outcome is Outcome.FAILED:
            plan = draw(case.drawing)
            yield case, plan, run_on(plan, case.code, case.params, case.judged)


def _page(entry: RegisteredRule, shown: tuple[Case, Plan, RuleRun] | None, drawn: bool) -> str:
    rule = entry.rule
    severity = words.SEVERITY[rule.severity]
    page = page_of(entry)
    lines = [
        f"# {rule.code} {rule.title.zh} · {rule.title.en}",
        "",
        f"`{rule.name}` · {severity.zh} {severity.en} · {_both(rule.code, ' ')}",
        "",
        page.zh,
        "",
        page.en,
        "",
    ]
    if shown is not None:
        lines += _example(rule.code, *shown, drawn)
    if rule.params:
        lines += ["## 参数 · Parameters", "", "| | | | |", "|---|---|---|---|"]
        lines += [
            f"| `{name}` | {param.default} | {param.unit} | {_reason(param)} |"
            for name, param in rule.params.items()
        ]
        lines.append("")
    by_scale = explain_scales(entry)
    if by_scale is not None:
        lines += [by_scale.zh, "", by_scale.en, ""]
    lines += ["## 依据 · Sources", ""]
    for source in map(cite, rule.sources):
        mark = "已核实 verified" if source.verified else "未核实 not verified"
        article = f" {source.article}" if source.article else ""
        lines.append(f"- {source.title.zh}{article} · {source.title.en} — {mark}")
    lines += ["", "## 整改 · Remedy", "", rule.remedy.zh, "", rule.remedy.en, ""]
    return "\n".join(lines)


def _example(code: str, case: Case, plan: Plan, run: RuleRun, drawn: bool) -> list[str]:
    import yaml

    name = case.name.removeprefix("fails_").replace("_", " ")
    lines = ["## 示例 · Example", "", f"{name[:1].upper()}{name[1:]}:", ""]
    if drawn:
        lines += [f"![{code}]({code}.svg)", ""]
    drawing = {key: value for key, value in case.drawing.items() if value}
    text = yaml.safe_dump(drawing, allow_unicode=True, sort_keys=False, width=100)
    lines += ["```yaml", text.strip(), "```", ""]
    for row in run.offenders.to_dict("records"):
        told = offender_message(code, row)
        lines += [f"> {told.zh}", ">", f"> {told.en}", ""]
    return lines


def _both(code: str, between: str) -> str:
    """Return the name of a rule's family in both languages."""
    return f"{words.family(code, 'zh')}{between}{words.family(code, 'en')}"


def _reason(param: Param) -> str:
    """Return a parameter's reason in both languages, as a cell of a table."""
    why = reason_of(param)
    return f"{why.zh} · {why.en}".replace("|", "\\|")


def _index(entries: list[RegisteredRule]) -> str:
    lines = [
        "# 规则目录 · The rules",
        "",
        "由 `python -m gisplan.testing.pages` 生成 · made by it; do not edit.",
        "",
    ]
    family = ""
    for entry in entries:
        rule = entry.rule
        if entry.family != family:
            family = entry.family
            lines += ["", f"## {_both(rule.code, ' · ')}", "", "| | | | |", "|---|---|---|---|"]
        lines.append(
            f"| [{rule.code}]({rule.code}.md) | {rule.title.zh} | {rule.name} | "
            f"{words.SEVERITY[rule.severity].zh} |"
        )
    return "\n".join(lines) + "\n"


def _drawing(case: Case, plan: Plan, run: RuleRun) -> str:
    """Return the picture of a case, "" where nothing of it has a place."""
    layers = {name: layer.frame for name, layer in plan.layers.items() if "geometry" in layer.frame}
    layers = {name: frame for name, frame in layers.items() if len(frame)}
    features, evidence = _offending(layers, run)
    if not evidence:
        return ""
    crs = plan.working_crs
    view = _view(features or evidence, evidence)
    drawn = [
        Drawn(frame.geometry, _PAINT.get(name, _TIER), _labels(frame, view))
        for name, frame in layers.items()
    ]
    severity = str(run.offenders["severity"].iloc[0] or registry()[case.code].rule.severity)
    colour = SEVERITY_COLOUR[severity]
    style = f'fill="{colour}" fill-opacity=".45" stroke="{colour}" stroke-width="2"'
    drawn.append(Drawn(gpd.GeoSeries(evidence, crs=crs), style))
    if small := [shape for shape in evidence if _is_small(shape, view)]:
        ring = f'fill="none" stroke="{colour}" stroke-width="2"'
        places = gpd.GeoSeries(shapely.point_on_surface(small), crs=crs)
        drawn.append(Drawn(places, ring, radius=12))
    svg = picture(view, drawn, case.name)
    size = f'xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
    head, _, rest = svg.partition('role="img"')
    tag, _, body = rest.partition(">")
    return f'{head}{size}role="img"{tag}>{_STYLE}{body}\n'


def _offending(layers: Mapping[str, pd.DataFrame], run: RuleRun) -> tuple[list[Any], list[Any]]:
    """Return the features that offend, and the evidence: their own shapes where a rule has none."""
    features: list[Any] = []
    evidence: list[Any] = []
    for row in run.offenders.to_dict("records"):
        own: list[Any] = []
        if row["layer"] in layers and row["fid"] >= 0:
            own = [layers[row["layer"]].geometry[row["fid"]]]
        shapes: Any = own if row["geometry"] is None else row["geometry"]
        features += own
        joined = shapely.union_all(shapes if isinstance(shapes, list) else [shapes])
        evidence += [] if joined.is_empty else [joined]
    return features, evidence


def _view(features: list[Any], evidence: list[Any]) -> View:
    """Return what the picture shows: the offenders and a little around them."""
    x0, y0, x1, y1 = shapely.total_bounds([*features, *evidence]).tolist()
    margin = 0.25 * max(x1 - x0, y1 - y0)
    return x0 - margin, y0 - margin, x1 + margin, y1 + margin


def _labels(frame: pd.DataFrame, view: View) -> list[str]:
    """Return labels, but none for what is larger than the picture."""
    width = view[2] - view[0]
    bounds = frame.geometry.bounds
    wide = (bounds["maxx"] - bounds["minx"]) > width
    return ["" if big else str(label) for label, big in zip(frame["_label"], wide, strict=True)]


def _is_small(shape: Any, view: View) -> bool:
    x0, y0, x1, y1 = shape.bounds
    return bool(min(x1 - x0, y1 - y0) < 0.02 * (view[2] - view[0]))


def main(arguments: list[str]) -> None:
    """Write the pages into `docs/rules` of the folder given, else of the one we are in."""
    root = Path(arguments[0] if arguments else ".")
    folder = root / "docs" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    files = build_pages(root / "tests" / "rules")
    for old in folder.iterdir():
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
