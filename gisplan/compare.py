"""Compares two rounds: findings that are new, mended, worse; units and layers that changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplan.errors import PlanError
from gisplan.findings.difference import difference
from gisplan.measure.lineage import Version, lineage
from gisplan.model import Difference, Layer, Plan, Text
from gisplan.output.document import area_of, not_whole, read_document, refused
from gisplan.pipeline import open_plan, review

SCHEMA = "gisplan-findings/1"
_OURS = ("_label", "_record", "_path", "_source_area", "geometry")


@dataclass(frozen=True, slots=True)
class Round:
    """One side: a plan that was reviewed now, or a result as it was written."""

    name: str
    findings: pd.DataFrame
    verdicts: pd.DataFrame  # unit, name, verdict
    whole: bool  # False: something was not judged
    within: str  # code of the area that alone was reviewed; "" for all of the plan
    crs: str
    plan: Plan | None  # None for a result
    units: gpd.GeoDataFrame | None  # of a result: its units, EPSG:4490


class LayerChange(NamedTuple):
    """What changed in one layer.

    `groups` has the columns of measure.lineage, `fields` one row for each feature of the same code
    whose attributes differ: code, fields (names, sorted).
    """

    layer: str
    title: Text
    groups: pd.DataFrame
    fields: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rounds beside each other."""

    old: Round
    new: Round
    findings: Difference
    waived: int  # findings that are waived now and were not
    layers: tuple[LayerChange, ...]

    @property
    def exit_status(self) -> int:
        """0 nothing new or worse that is an error, 1 something, 2 a side was not fully judged."""
        if not (self.old.whole and self.new.whole):
            return 2
        worse = pd.concat([self.findings.new["severity"], self.findings.worse["severity"]])
        return int(bool((worse == "error").any()))


def compare(
    old: Path, new: Path, *, jobs: int = 1, progress: Callable[[Text], None] | None = None
) -> Comparison:
    """Compare two plans, two results, or one of each.

    Parameters
    ----------
    old, new : Path
        A plan, or the folder or `findings.json` of a result. Two plans are compared layer by layer;
        of a result only its units are there.
    jobs, progress
        As for `pipeline.review`.

    Raises
    ------
    PlanError, ReadError
        One of them cannot be read, or is a result of another version or of another area.
    """
    was, now = _round(old, jobs, progress), _round(new, jobs, progress)
    if was.within != now.within:
        zh, en = ([one.within or whole for one in (was, now)] for whole in ("全部", "all"))
        raise PlanError(
            f"两轮审查的范围不同（{zh[0]}、{zh[1]}），无法对比；请以相同的 --within 重新审查",
            f"the two are of different areas ({en[0]}, {en[1]}) and cannot be compared; "
            "review both with the same --within",
        )
    before = was.findings.set_index("fingerprint")["state"]
    waived = now.findings[now.findings["state"] == "waived"]["fingerprint"]
    return Comparison(
        old=was,
        new=now,
        findings=difference(was, now),
        waived=int(sum(before.get(one) != "waived" for one in waived)),
        layers=tuple(_layers(was, now, jobs)),
    )


def _round(path: Path, jobs: int, progress: Callable[[Text], None] | None) -> Round:
    file = path / "findings.json" if path.is_dir() else path
    if file.name == "findings.json" or file.suffix == ".json":
        if file.is_file():
            return _result(file)
        if file == path:
            raise refused(file, "不存在", "it is not there")
    plan = open_plan(path, progress=progress)
    result = review(plan, jobs=jobs, progress=progress, resolutions=False)
    dossier = result.dossier
    return Round(
        name=path.name,
        findings=pd.DataFrame(dossier.findings.drop(columns="geometry")),
        verdicts=dossier.verdicts[["unit", "name", "verdict"]],
        whole=result.exit_status != 2,
        within="",
        crs=plan.working_crs,
        plan=plan,
        units=None,
    )


def _result(file: Path) -> Round:
    document = read_document(
        file,
        SCHEMA,
        "请用本版本重新审查那一轮的规划",
        "review the plan of that round with this version",
    )
    try:
        rows = [
            {
                **{name: row.get(name) for name in _FINDING},
                "message_zh": row["message"]["zh"],
                "message_en": row["message"]["en"],
            }
            for row in document["findings"]
        ]
        verdicts = [(v["unit"], v.get("name"), v["verdict"]) for v in document["verdicts"]]
        set_aside = any(layer["quarantined"] for layer in document["layers"])
        crashed = any(rule["outcome"] == "crashed" for rule in document["rules"])
        crs = str(document["run"]["working_crs"])
    except (KeyError, TypeError, AttributeError):
        raise not_whole(file) from None
    return Round(
        name=file.parent.name or file.name,
        findings=pd.DataFrame(rows, columns=[*_FINDING, "message_zh", "message_en"]),
        verdicts=pd.DataFrame(verdicts, columns=["unit", "name", "verdict"]),
        whole=not (set_aside or crashed),
        within=area_of(document),
        crs=crs,
        plan=None,
        units=_units(file.with_name("findings.gpkg")),
    )


_FINDING = ("fingerprint", "code", "severity", "ruling", "state", "layer", "feature",
            "related_layer", "related", "measure", "unit", "limit")  # fmt: skip


def _units(file: Path) -> gpd.GeoDataFrame | None:
    """Return the units of a result, None where its layers are not beside it."""
    import pyogrio

    if not file.is_file():
        return None
    try:
        return pyogrio.read_dataframe(file, layer="units", columns=["unit"])
    except (RuntimeError, ValueError):
        raise refused(file, "无法读取", "it cannot be read") from None


# --- layers -----------------------------------------------------------------------------------


def _layers(was: Round, now: Round, jobs: int) -> list[LayerChange]:
    crs = now.crs
    if was.plan is not None and now.plan is not None:
        names = [name for name in now.plan.layers if name in was.plan.layers]
        changes = []
        for name in names:
            old, new = was.plan.layers[name], now.plan.layers[name]
            if "geometry" in old.frame and "geometry" in new.frame:
                changes.append(
                    LayerChange(
                        name,
                        new.spec.title,
                        lineage(_version(old, crs), _version(new, crs), crs, jobs),
                        _fields(old, new),
                    )
                )
        return changes
    old_units, new_units = _of_units(was, crs), _of_units(now, crs)
    if old_units is None or new_units is None:
        return []
    nothing = pd.DataFrame(columns=["code", "fields"])
    groups = lineage(old_units, new_units, crs, jobs)
    return [LayerChange("unit", Text("更新单元", "renewal unit"), groups, nothing)]


def _of_units(side: Round, crs: str) -> Version | None:
    if side.plan is not None:
        layer = side.plan.layers.get("unit")
        return None if layer is None else _version(layer, crs)
    if side.units is None:
        return None
    frame = side.units.to_crs(crs)
    shapes = np.asarray(frame.geometry.array, dtype=object)
    return Version(frame["unit"].astype(str).to_numpy(dtype=object), shapes)


def _version(layer: Layer, crs: str) -> Version:
    frame = layer.frame.sort_values("_label", kind="stable")
    shapes = np.asarray(frame.geometry.to_crs(crs).array, dtype=object)
    return Version(frame["_label"].astype(str).to_numpy(dtype=object), shapes)


def _fields(old: Layer, new: Layer) -> pd.DataFrame:
    """Return the features of the same code whose standard fields differ."""
    names = sorted((old.found | new.found) - {"code"})
    rows = []
    before, after = _by_code(old), _by_code(new)
    for code in sorted(before.keys() & after.keys()):
        differ = [n for n in names if _plain(before[code].get(n)) != _plain(after[code].get(n))]
        if differ:
            rows.append({"code": code, "fields": differ})
    return pd.DataFrame(rows, columns=["code", "fields"])


def _by_code(layer: Layer) -> dict[str, Mapping[Any, Any]]:
    """Return the rows of codes that stand in the layer once."""
    frame = layer.frame.drop(columns=[name for name in _OURS if name in layer.frame])
    once = frame[frame["code"].notna() & ~frame["code"].duplicated(keep=False)]
    return {str(row["code"]): row for row in once.to_dict("records")}


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    return "" if value is None or bool(pd.isna(value)) else str(value)
