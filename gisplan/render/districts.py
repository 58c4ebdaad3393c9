"""Whose findings are whose: the features of the tier above the judged one that each concerns."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gisplan.model import Dossier, Layer, Outcome, RuleRun, Text
from gisplan.render import words
from gisplan.render.rows import layer_title

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


class District(NamedTuple):
    """A feature of the tier above the judged one: who has to answer for what lies in it."""

    label: str
    name: str


class Districts(NamedTuple):
    """The districts of a plan, by label; `of_finding` has for each finding numbers in `listed`."""

    layer: str
    listed: tuple[District, ...]
    of_finding: tuple[tuple[int, ...], ...]
    of_unit: dict[str, int]


def districts_of(dossier: Dossier) -> Districts:
    """Return the districts, and which of them each finding and each unit concerns.

    A finding concerns the districts of the units whose verdicts it counts for; else the district
    that it names; else the one that its place lies in. What none of these tells concerns no
    district: it is a matter of the tiers above, or of the plan as a whole. Without a tier above
    the judged one there are no districts.
    """
    layer = _layer_above(dossier)
    if layer is None:
        return Districts("", (), ((),) * len(dossier.findings), {})
    labels = layer.frame["_label"].tolist()
    names = layer.frame["name"].tolist() if "name" in layer.frame else [None] * len(labels)
    known = {
        label: District(label, "" if words.missing(name) else str(name))
        for label, name in zip(labels[::-1], names[::-1], strict=True)
    }
    listed = tuple(known[label] for label in sorted(known))
    number = {one.label: place for place, one in enumerate(listed)}
    of_unit, of_print = _by_units(dossier, number)
    found: list[set[int]] = []
    findings = dossier.findings
    columns = (
        findings[name].tolist()
        for name in ("fingerprint", "layer", "feature", "related_layer", "related")
    )
    for fingerprint, name, feature, related_layer, related in zip(*columns, strict=True):
        own = set(of_print.get(fingerprint, ()))
        for layer_name, label in ((name, feature), (related_layer, related)):
            if not own and layer_name == layer.name and label in number:
                own.add(number[label])
        found.append(own)
    _by_place(dossier, layer, number, found)
    return Districts(layer.name, listed, tuple(tuple(sorted(own)) for own in found), of_unit)


def _layer_above(dossier: Dossier) -> Layer | None:
    judged = dossier.plan.layers.get(dossier.judged)
    if judged is None or judged.tier is None:
        return None
    above = [
        layer
        for layer in dossier.plan.layers.values()
        if layer.tier is not None and layer.tier.rank < judged.tier.rank
    ]
    return max(above, key=lambda layer: layer.tier.rank if layer.tier else -1, default=None)


def _by_units(
    dossier: Dossier, number: dict[str, int]
) -> tuple[dict[str, int], dict[str, set[int]]]:
    """Return the district of each unit, and those of each fingerprint that counts for units."""
    of_unit: dict[str, int] = {}
    of_print: dict[str, set[int]] = {}
    verdicts = dossier.verdicts
    columns = (verdicts[name].tolist() for name in ("unit", "parent"))
    prints = (verdicts[name].tolist() for name in ("reasons", "others"))
    for unit, parent, reasons, others in zip(*columns, *prints, strict=True):
        place = number.get(parent)
        if place is None:
            continue
        of_unit.setdefault(unit, place)
        for fingerprint in (*reasons, *others):
            of_print.setdefault(fingerprint, set()).add(place)
    return of_unit, of_print


def _by_place(
    dossier: Dossier, layer: Layer, number: dict[str, int], found: list[set[int]]
) -> None:
    """Add the district that the place of a finding lies in, where nothing else tells one."""
    from pyproj import Transformer

    lon, lat = (dossier.findings[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    rows = [row for row, own in enumerate(found) if not own and np.isfinite(lon[row])]
    if not rows:
        return
    turned = Transformer.from_crs("EPSG:4490", dossier.plan.working_crs, always_xy=True)
    points = shapely.points(*turned.transform(lon[rows], lat[rows]))
    shapes = np.asarray(layer.frame.geometry.array, dtype=object)
    point, fid = shapely.STRtree(shapes).query(points, predicate="intersects")
    labels = layer.frame["_label"].tolist()
    rank = layer.tier.rank if layer.tier else 0
    above = {tier.name for tier in dossier.plan.chain if tier.rank < rank}
    named = dossier.findings["layer"].tolist()
    for place, district in zip(point.tolist(), fid.tolist(), strict=True):
        if named[rows[place]] not in above:  # a finding about a city is not one district's
            found[rows[place]].add(number[labels[district]])


REST = "rest"  # the folder of what concerns no single district
_PLAIN = re.compile(r"[0-9A-Za-z]{1,20}")


def by_district(dossier: Dossier) -> dict[str, Dossier]:
    """Return one dossier for each district that a unit or a finding concerns, by folder name.

    What concerns several districts is in the dossier of each; what concerns no single one is in
    `REST`. Accounts, balance and what the tiers pass down are those of the whole plan, and each
    dossier says so. A folder is named after the district's code; a code that is no plain name
    gives way to a number.
    """
    districts = districts_of(dossier)
    parts: dict[str, Dossier] = {}
    for number, one in enumerate(districts.listed):
        part = _part(dossier, districts, number, Text(*_titles(dossier, districts, one)))
        if part is not None:
            name = one.label if _PLAIN.fullmatch(one.label) else f"area-{number + 1:03d}"
            parts[name if name not in (*parts, REST) else f"area-{number + 1:03d}"] = part
    rest = _part(dossier, districts, None, Text("不属于单个区域", "of no single area"))
    if rest is not None:
        parts[REST] = rest
    return parts


def _titles(dossier: Dossier, districts: Districts, one: District) -> tuple[str, str]:
    title = layer_title(dossier, districts.layer)
    named = f"{one.name} {one.label}".strip()
    return f"{title.zh} {named}", f"{title.en} {named}"


def _part(
    dossier: Dossier, districts: Districts, number: int | None, title: Text
) -> Dossier | None:
    """Return what concerns one district (None: no single one); None where nothing does."""
    mine = [(not own) if number is None else number in own for own in districts.of_finding]
    findings = dossier.findings[np.array(mine, dtype=bool)].reset_index(drop=True)
    units = dossier.verdicts["unit"].map(districts.of_unit.get)
    chosen = units.isna() if number is None else units == number
    verdicts = dossier.verdicts[chosen].reset_index(drop=True)
    if findings.empty and verdicts.empty:
        return None
    projects = dossier.project_verdicts
    if projects is not None:
        own = projects["parent"].isin(set(verdicts["unit"]))
        if number is None:  # of no unit, or of one that has no district
            own = ~projects["parent"].isin(list(districts.of_unit))
        projects = projects[own].reset_index(drop=True)
    said = Text(
        f"本册只列与{title.zh}有关的问题和单元，总图上其他区域的单元不标结论；"
        "数据说明、指标平衡和传导情况为整个规划的",
        f"only what concerns {title.en} is listed, units of other areas bear no verdict on the "
        "picture of the plan; accounts, balance and what the tiers pass down "
        "are those of the whole plan",
    )
    return narrowed(dossier, findings, verdicts, projects, title, said)


def narrowed(
    dossier: Dossier,
    findings: gpd.GeoDataFrame,
    verdicts: pd.DataFrame,
    projects: pd.DataFrame | None,
    title: Text,
    said: Text,
) -> Dossier:
    """Return a dossier with some of its findings and verdicts, and what hangs on them.

    `title` is what it is of, `said` the notice that it is a part.
    """
    kept, labels = set(findings["fingerprint"]), set(verdicts["unit"])
    ways = dossier.resolutions
    if ways is not None:
        mine = [
            not labels.isdisjoint(concerned) or not kept.isdisjoint(clears)
            for concerned, clears in zip(ways["units"], ways["clears"], strict=True)
        ]
        ways = ways[np.array(mine, dtype=bool)].reset_index(drop=True)
    name = f"{dossier.plan.config.name}（{title.zh}）"
    plan = replace(dossier.plan, config=replace(dossier.plan.config, name=name))
    counts = findings["code"].value_counts()
    return replace(
        dossier,
        plan=plan,
        findings=findings,
        verdicts=verdicts,
        project_verdicts=projects,
        resolutions=ways,
        rules=tuple(_run_here(run, int(counts.get(run.code, 0))) for run in dossier.rules),
        notices=(said, *dossier.notices),
        profiles={key: shown for key, shown in dossier.profiles.items() if key in kept},
        ledger={key: reply for key, reply in dossier.ledger.items() if key in kept},
    )


def _run_here(run: RuleRun, count: int) -> RuleRun:
    """Return what a rule said of a part: one that failed elsewhere alone has passed here."""
    if run.outcome is not Outcome.FAILED:
        return run
    if count:
        return replace(run, count=count)
    if len(run.not_judged):
        return replace(run, outcome=Outcome.NOT_JUDGED, count=len(run.not_judged))
    return replace(run, outcome=Outcome.PASSED, count=0)
