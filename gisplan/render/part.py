"""The dossier of one area of a plan: its findings and verdicts, and what was left out said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from gisplan.model import Dossier, Part, Text
from gisplan.render.districts import narrowed
from gisplan.render.rows import layer_title

_Labels = Mapping[str, frozenset[str]]


def of_part(dossier: Dossier, part: Part, own: _Labels, others: _Labels) -> Dossier:
    """Return what concerns one area.

    That is every finding about a feature of the area or one of unknown parent, or that counts for
    a unit of it, or about nothing that belongs to anybody and lies in no neighbour of the area.
    Sums over whole layers, and the balance of other areas, are not there: they are not checked.

    Parameters
    ----------
    dossier : Dossier
        Of a plan of which all was judged that concerns the area.
    part : Part
        The area.
    own, others : mapping of str to frozenset of str
        Labels by layer of what belongs to the area, and of what belongs to other ones.
    """
    verdicts = dossier.verdicts
    theirs = verdicts["unit"].isin(others.get(dossier.judged, frozenset()))
    verdicts = verdicts[~theirs].reset_index(drop=True)
    projects = dossier.project_verdicts
    if projects is not None:
        mine = [
            row.project not in others.get(row.layer, ())
            for row in projects[["layer", "project"]].itertuples(index=False)
        ]
        projects = projects[np.array(mine, dtype=bool)].reset_index(drop=True)
    counted = set(_counted(verdicts)) | set(() if projects is None else _counted(projects))
    findings = dossier.findings
    concerned = _concerned(findings, counted, own, others)
    elsewhere = _in_neighbours(dossier, part)
    mine = [True if known is None else known for known in concerned]
    alone = np.array([known is None for known in concerned], dtype=bool)
    kept = np.array(mine, dtype=bool) & ~(alone & elsewhere)
    title = _title(dossier, part)
    said = Text(
        f"只审查了{title.zh}，其他区域、上级区域之间以及上级汇总未检查；"
        f"传导一致性、图数一致性汇总和其他区域的指标平衡需审查整个规划。{_outside(dossier).zh}",
        f"only {title.en} was reviewed; other areas, the areas above among themselves and their "
        "sums are not checked; consistency, sums of areas and the balance of other areas need a "
        f"review of the whole plan. {_outside(dossier).en}",
    )
    dossier = narrowed(
        dossier, findings[kept].reset_index(drop=True), verdicts, projects, title, said
    )
    balance = tuple(row for row in dossier.balance if row.area in own.get(row.tier, ()))
    return replace(dossier, balance=balance, area_sums=(), consistency=(), transmission=())


def _title(dossier: Dossier, part: Part) -> Text:
    title = layer_title(dossier, part.layer)
    named = part.label if part.name in {"", part.label} else f"{part.name} {part.label}"
    return Text(f"{title.zh} {named}", f"{title.en} {named}")


def _outside(dossier: Dossier) -> Text:
    """Say how many features of each layer were read and left out."""
    left = [(layer_title(dossier, n.layer), n.outside) for n in dossier.layers if n.outside]
    if not left:
        return Text("", "")
    zh = "、".join(f"{title.zh} {count} 个" for title, count in left)
    en = ", ".join(f"{count} of {title.en}" for title, count in left)
    return Text(f"范围外未审查的要素：{zh}。", f"Features outside, not reviewed: {en}.")


def _counted(verdicts: pd.DataFrame) -> Iterator[str]:
    for column in ("reasons", "others"):
        for prints in verdicts[column]:
            yield from prints


def _concerned(
    findings: pd.DataFrame, counted: set[str], own: _Labels, others: _Labels
) -> list[bool | None]:
    """Return for each finding whether it is the area's; None where it is about nobody's feature."""
    mine, theirs = (frozenset[str]().union(*labels.values()) for labels in (own, others))

    def is_own(layer: str | None, label: str | None) -> bool | None:
        if not label:
            return None
        if (
            not layer or layer not in others
        ):  # a table, a waiver, heritage: whose the code is that it names
            known = [part for part in _codes_in(label) if part in mine or part in theirs]
            return known[0] in mine if known else None
        if label in own.get(layer, ()):
            return True
        return False if label in others[layer] else None

    columns = (
        findings[name].tolist()
        for name in ("fingerprint", "layer", "feature", "related_layer", "related")
    )
    found: list[bool | None] = []
    for fingerprint, layer, feature, related_layer, related in zip(*columns, strict=True):
        said = {is_own(layer, feature), is_own(related_layer, related)} - {None}
        found.append(fingerprint in counted or True in said or (False if said else None))
    return found


def _codes_in(label: str) -> Iterator[str]:
    """Yield what may be a code in the label of a row or of a waiver, and what that begins with.

    Of unit/210102-GX001/ZB01 and of "HER101 210102-GX001" 210102-GX001 is one, and 210102.
    """
    for word in re.split("[/ ]", label):
        yield from (word[:length] for length in range(len(word), 3, -1))


def _in_neighbours(dossier: Dossier, part: Part) -> np.ndarray:
    """Return which findings have their place in another area of the same tier."""
    from pyproj import Transformer

    lon, lat = (dossier.findings[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    inside = np.zeros(len(lon), dtype=bool)
    rows = np.flatnonzero(np.isfinite(lon))
    frame = dossier.plan.layers[part.layer].frame
    frame = frame[frame["_label"] != part.label]
    if not len(rows) or not len(frame):
        return inside
    turned = Transformer.from_crs("EPSG:4490", dossier.plan.working_crs, always_xy=True)
    points = shapely.points(*turned.transform(lon[rows], lat[rows]))
    tree = shapely.STRtree(np.asarray(frame.geometry.array, dtype=object))
    inside[rows[tree.query(points, predicate="within")[0]]] = True
    return inside
