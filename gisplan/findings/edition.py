"""The edition of a review that a map may show: for the house, or for the public.

A public edition leaves out what may not be shown, and says what. A verdict stays as it is: that
a unit is blocked is told even where the reason is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplan.catalogue import sensitive
from gisplan.errors import PlanError
from gisplan.model import Accounts, Dossier, Layer, Outcome, Plan, Terms, Text

PUBLICATION = "PUB"
_PART_CLOSED = Text("部分依据不公开", "part of the grounds is not public")
_INPUTS = Text("输入文件清单、隔离要素和例外签署人", "input files, features set aside, who waived")
_FINDINGS = Text("问题", "findings")
_ABOUT_THESE = Text("涉及上述要素", "about these")


def edition(dossier: Dossier, terms: Terms) -> Dossier:
    """Return what a map on these terms shows.

    Parameters
    ----------
    dossier : Dossier
        Of a review that was told the same terms.
    terms : Terms
        Audience, approval number, grid of the coordinates.

    Returns
    -------
    Dossier
        For the house: everything, rounded where asked. For the public: without what
        `catalogue.sensitive` names, findings about it, and what only the house needs to know.

    Raises
    ------
    PlanError
        A rule on publication stands against a public map, or was not judged.
    """
    if terms.audience == "public":
        _refuse(dossier)
        dossier = _without(dossier, _closed_rows(dossier.plan))
    if terms.coordinates is not None:
        dossier = _rounded(dossier, terms.coordinates)
    return replace(dossier, terms=terms)


def _refuse(dossier: Dossier) -> None:
    """Waivers do not count here, and a rule that was left out is no pass."""
    for run in dossier.rules:
        if not run.code.startswith(PUBLICATION) or run.outcome is Outcome.PASSED:
            continue
        rows = dossier.findings[dossier.findings["code"] == run.code]
        if len(rows):
            first = rows.iloc[0]
            said = Text(
                f"{first['message_zh']}；{first['remedy_zh']}",
                f"{first['message_en']}; {first['remedy_en']}",
            )
        else:
            said = Text(
                "公开地图必须检查本规则，未能检查，不予输出",
                "a public map needs this rule judged; it was not, nothing is written",
            )
        raise PlanError(f"{run.code} {said.zh}", f"{run.code} {said.en}")


def _closed_rows(plan: Plan) -> dict[str, dict[Text, pd.Series]]:
    """Return by layer and reason which features are not shown."""
    bodies = plan.layers.get("heritage_body")
    closed: dict[str, dict[Text, pd.Series]] = {}
    land = [np.empty(0, dtype=object)]
    for name, layer in plan.layers.items():
        if layer.spec.kind == "table":
            continue
        rows = {sensitive.LAND: sensitive.military_land(layer.frame)}
        if name == "heritage_body":
            rows[sensitive.RELICS] = sensitive.undisclosed_bodies(layer.frame)
        if name == "heritage_zone":
            rows[sensitive.ZONES] = _private_zones(layer, bodies)
        closed[name] = rows
        land.append(np.asarray(layer.frame.geometry[rows[sensitive.LAND]].array, dtype=object))
    there = np.concatenate(land)
    there = there[~shapely.is_missing(there)]
    if len(there):
        for name, rows in closed.items():
            if plan.layers[name].tier is None:
                on_land = _lies_on(plan.layers[name], there) & ~rows[sensitive.LAND]
                rows[sensitive.ON_LAND] = on_land
    return closed


def _private_zones(zones: Layer, bodies: Layer | None) -> pd.Series:
    private, unnamed = sensitive.undisclosed_zones(zones.frame, bodies)
    if bodies is None:
        return private
    hidden = bodies.frame.geometry[sensitive.undisclosed_bodies(bodies.frame)]
    shapes = np.asarray(zones.frame.geometry.array, dtype=object)
    zone, _ = shapely.STRtree(hidden.array).query(shapes, predicate="intersects")
    around = np.zeros(len(shapes), dtype=bool)
    around[zone] = True
    return private | (unnamed & around)


def _lies_on(layer: Layer, land: np.ndarray) -> pd.Series:
    """Return which features lie on land with their middle."""
    shapes = np.asarray(layer.frame.geometry.array, dtype=object)
    points = shapely.point_on_surface(shapes)
    on, _ = shapely.STRtree(land).query(points, predicate="intersects")
    found = np.zeros(len(shapes), dtype=bool)
    found[on] = True
    return pd.Series(found, index=layer.frame.index)


def _without(dossier: Dossier, closed: Mapping[str, Mapping[Text, pd.Series]]) -> Dossier:
    plan = dossier.plan
    layers, hidden, left_out = dict(plan.layers), [], []
    for name, reasons in closed.items():
        layer = plan.layers[name]
        gone = pd.Series(False, index=layer.frame.index)
        for reason, rows in reasons.items():
            left_out += _counted(layer.spec.title, reason, int((rows & ~gone).sum()))
            gone |= rows
        hidden.append(layer.frame[gone].assign(_layer=name))
        layers[name] = replace(layer, frame=layer.frame[~gone], quarantine=None)
    tells = _telltale(hidden)
    findings = dossier.findings[~_about(dossier.findings, hidden, tells)].assign(waiver=None)
    left_out += _counted(_FINDINGS, _ABOUT_THESE, len(dossier.findings) - len(findings))
    kept = set(findings["fingerprint"])
    units = {label for rows in hidden for label in rows["_label"][rows["_layer"] == dossier.judged]}
    return replace(
        dossier,
        plan=replace(plan, layers=layers, notes=()),
        run=replace(dossier.run, inputs=()),
        findings=findings,
        verdicts=_open_verdicts(dossier.verdicts, units, kept, tells),
        project_verdicts=None,
        resolutions=None,
        notices=(),
        accounts=Accounts(),
        profiles={key: shown for key, shown in dossier.profiles.items() if key in kept},
        left_out=(*left_out, _INPUTS),
    )


def _counted(what: Text, why: Text, count: int) -> list[Text]:
    if not count:
        return []
    return [Text(f"{what.zh}：{why.zh} {count}", f"{what.en}: {why.en}, {count}")]


def _telltale(hidden: Sequence[pd.DataFrame]) -> Callable[[str], bool]:
    """Return what tells whether a text gives a hidden feature away by its label or name."""
    words: set[str] = set()
    for rows in hidden:
        for column in {"_label", "code", "name"} & set(rows.columns):
            words |= {word for word in rows[column] if isinstance(word, str) and len(word) > 1}
    if not words:
        return lambda text: False
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words)))
    return lambda text: pattern.search(text) is not None


def _about(
    findings: pd.DataFrame, hidden: Sequence[pd.DataFrame], tells: Callable[[str], bool]
) -> pd.Series:
    """Return which findings are about a hidden feature, or name one."""
    pairs = {pair for rows in hidden for pair in zip(rows["_layer"], rows["_label"], strict=True)}
    about = findings["message_zh"].map(tells).astype(bool)
    for layer, feature in [("layer", "feature"), ("related_layer", "related")]:
        ends = zip(findings[layer], findings[feature], strict=True)
        about |= pd.Series([end in pairs for end in ends], index=findings.index, dtype=bool)
    return about


def _open_verdicts(
    verdicts: pd.DataFrame, hidden: set[str], kept: set[str], tells: Callable[[str], bool]
) -> pd.DataFrame:
    """Return the verdicts without what only a hidden feature explains; none is changed."""
    shown = verdicts[~verdicts["unit"].isin(hidden)].copy()
    closed = [
        not kept.issuperset([*row.reasons, *row.others])
        or any(tells(text) for text in [*row.why_zh, *row.unknown_zh])
        for row in shown.itertuples(index=False)
    ]
    for column in ("reasons", "others"):
        shown[column] = [[key for key in keys if key in kept] for keys in shown[column]]
    for column, said in {
        "why_zh": [_PART_CLOSED.zh],
        "why_en": [_PART_CLOSED.en],
        "unknown_zh": [],
        "unknown_en": [],
        "approvals_due": [],
    }.items():
        texts = zip(shown[column], closed, strict=True)
        shown[column] = [list(said) if shut else value for value, shut in texts]
    return shown


def _rounded(dossier: Dossier, grid: float) -> Dossier:
    """Return a dossier whose vertices lie on a grid of the working CRS; nothing disappears."""

    def snap(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
        return gpd.GeoSeries(
            shapely.transform(shapes.array, lambda xy: np.rint(xy / grid) * grid),
            index=shapes.index,
            crs=shapes.crs,
        )

    plan, findings = dossier.plan, dossier.findings
    layers = {
        name: layer
        if layer.spec.kind == "table"
        else replace(layer, frame=layer.frame.set_geometry(snap(layer.frame.geometry)))
        for name, layer in plan.layers.items()
    }
    if len(findings):
        moved = snap(findings.geometry.to_crs(plan.working_crs)).to_crs(findings.crs)
        points = gpd.GeoSeries(
            gpd.points_from_xy(findings["lon"], findings["lat"]), findings.index, findings.crs
        )
        places = snap(points.to_crs(plan.working_crs)).to_crs(findings.crs)
        findings = findings.set_geometry(moved).assign(
            lon=places.x.where(findings["lon"].notna()),
            lat=places.y.where(findings["lat"].notna()),
            bbox=[
                None if box is None else list(bounds)
                for box, bounds in zip(findings["bbox"], moved.bounds.to_numpy(), strict=True)
            ],
        )
    return replace(dossier, plan=replace(plan, layers=layers), findings=findings)
