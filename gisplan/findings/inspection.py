"""What is wrong with the files of a plan and what a review does about it: `gisplan inspect`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gisplan.catalogue.layers import layer_specs
from gisplan.catalogue.registry import registry
from gisplan.findings.inspect_cells import CELLS
from gisplan.findings.inspect_files import FILES
from gisplan.findings.inspect_shapes import SHAPES
from gisplan.model import Issue, LayerSpec, Note, Plan, RuleRun, Text

# Rules on what a file holds, that no note tells of; they are cheap enough for a look.
RULES = ("SCH104", "SCH105", "SCH106", "SCH109", "IND113")
_WORDS = {**FILES, **SHAPES, **CELLS}
# text_fills_field is only a finding where a longer name of the same feature proves it: SCH109
_QUIET = frozenset({"recognised", "reprojected", "fields_read", "text_fills_field"})
# A defect that one of these kinds tells of leaves a `quarantined` note as well.
_WHY_ASIDE = ("empty_geometry", "invalid_geometry", "wrong_geometry_type")


def issues_by_file(
    plan: Plan, runs: Sequence[RuleRun] = ()
) -> dict[tuple[str, str], tuple[Issue, ...]]:
    """Return what is wrong with each file, by layer and path, the gravest kinds first.

    Parameters
    ----------
    plan : Plan
        Normalised.
    runs : sequence of RuleRun
        Of RULES, as far as they were judged.
    """
    grouped: dict[tuple[str, str], dict[tuple[str, str], list[Note]]] = {}
    told = {(n.path, n.record) for n in plan.notes if n.kind in _WHY_ASIDE}
    for note in plan.notes:
        if note.kind in _QUIET or (note.kind == "quarantined" and (note.path, note.record) in told):
            continue
        split = note.column or ("repaired" if note.detail.get("repaired") else "")
        kinds = grouped.setdefault((note.layer, note.path), {})
        kinds.setdefault((note.kind, split), []).append(note)
    found = {
        file: [_issue(kind, notes, file[0], plan) for (kind, _), notes in kinds.items()]
        for file, kinds in grouped.items()
    }
    for file, issue in _of_rules(plan, runs):
        found.setdefault(file, []).append(issue)
    order = [*_WORDS, *RULES]
    return {
        file: tuple(sorted(issues, key=lambda i: (_place(order, i.kind), i.wrong.en)))
        for file, issues in sorted(found.items())
    }


def _place(order: Sequence[str], kind: str) -> int:
    return order.index(kind) if kind in order else len(order)


def _issue(kind: str, notes: list[Note], layer: str, plan: Plan) -> Issue:
    spec = plan.layers[layer].spec if layer in plan.layers else layer_specs().get(layer)
    words = _WORDS.get(kind)
    if words is not None:
        return words(notes, spec)
    detail = notes[0].detail
    wrong = Text(str(detail.get("reason_zh", kind)), str(detail.get("reason_en", kind)))
    return Issue(kind, len(notes), "read", wrong, Text("照此读取", "read as it is"))


def _of_rules(plan: Plan, runs: Iterable[RuleRun]) -> Iterable[tuple[tuple[str, str], Issue]]:
    rules = registry()
    for run in runs:
        rule = rules[run.code].rule
        places: dict[tuple[str, str], list[Mapping[str, object]]] = {}
        for row in run.offenders.to_dict("records"):
            layer = plan.layers[row["layer"]]
            path = layer.frame["_path"].iloc[row["fid"]] if row["fid"] >= 0 else row["feature"]
            places.setdefault((row["layer"], path), []).append(row)
        for file, rows in places.items():
            spec = plan.layers[file[0]].spec
            wrong = _of_rule(rows, rule.title, spec, plan)
            done = Text(f"列为问题 {run.code}：{rule.remedy.zh}", f"{run.code}: {rule.remedy.en}")
            yield file, Issue(run.code, len(rows), "ask", wrong, done)


def _of_rule(
    rows: Sequence[Mapping[str, object]], title: Text, spec: LayerSpec, plan: Plan
) -> Text:
    row = rows[0]
    fid = int(str(row["fid"]))
    if fid < 0:
        params = row["params"]
        unit = params.get("unit_name") if isinstance(params, Mapping) else None
        if isinstance(unit, Text):
            return Text(f"面积字段疑以{unit.zh}为单位", f"its area field is probably in {unit.en}")
        return Text("面积字段是平面面积", "its area field is planar")
    label = str(plan.layers[spec.name].frame["_label"].iloc[fid])
    return Text(
        f"{title.zh}：{len(rows)} 个，如 {label}", f"{title.en}: {len(rows)}, such as {label}"
    )
