"""Makes plans out of frames that lie in memory, for tests and rule cases.

What `make_plan` returns is what `gisplan.normalise` would have made of clean files: standard
columns, one metric CRS, labels. It mends nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from gisplan.catalogue.layers import layer_specs, make_chain
from gisplan.model import Layer, LayerSource, LayerSpec, Note, Plan, PlanConfig, Tier

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

QUARANTINE_COLUMNS = (
    "_label",
    "code",
    "_record",
    "_path",
    "reason_zh",
    "reason_en",
    "geometry",
)


def make_plan(
    layers: Mapping[str, gpd.GeoDataFrame | pd.DataFrame],
    tiers: Sequence[str] | None = None,
    crs: str = "EPSG:4529",
    notes: Sequence[Note] = (),
    quarantine: Mapping[str, pd.DataFrame] | None = None,
    partitions: Collection[str] | None = None,
    pessimistic: Mapping[str, Mapping[int, BaseGeometry]] | None = None,
    least: Mapping[str, Mapping[int, BaseGeometry]] | None = None,
) -> Plan:
    """Make a plan out of frames whose columns have standard names.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame or DataFrame
        Tiers, layers and tables by name. Shapes are in `crs` (a frame without CRS is taken to
        be). Columns that the layer does not know are dropped; known ones that are not there are
        all-null and not in `Layer.found`. A `_label` column is kept as given.
    tiers : sequence of str, optional
        The chain, top first; None is the default chain.
    crs : str
        The working CRS, in metres.
    notes : sequence of Note
        What reading and normalising would have noted.
    quarantine : mapping of str to DataFrame, optional
        Features set aside, by layer. Any of QUARANTINE_COLUMNS that is not there is filled.
    partitions : collection of str, optional
        The tiers that tile their parent; None leaves it as declared.
    pessimistic : mapping of str to mapping, optional
        Pessimistic shapes of repaired features, by layer and fid.
    least : mapping of str to mapping, optional
        The smallest shapes that repaired features could mean, likewise.

    Returns
    -------
    Plan
        With one Layer per entry of `layers`, in the same order.

    Raises
    ------
    KeyError
        A name is neither a tier of the chain nor a declared layer.
    """
    chain = make_chain(tiers)
    named = {tier.name for tier in chain}
    beside = [tier for tier in make_chain() if tier.name in layers and tier.name not in named]
    chain += tuple(
        replace(tier, rank=len(chain) + i, chained=False) for i, tier in enumerate(beside)
    )
    if partitions is not None:
        chain = tuple(replace(tier, partitions_parent=tier.name in partitions) for tier in chain)
    by_name = {tier.name: tier for tier in chain}
    made = {
        name: _make_layer(
            name,
            frame,
            by_name.get(name),
            crs,
            (quarantine or {}).get(name),
            (pessimistic or {}).get(name, {}),
        )
        for name, frame in layers.items()
    }
    made = {
        name: replace(layer, least=dict((least or {}).get(name, {})))
        for name, layer in made.items()
    }
    config = PlanConfig(
        root=Path(),
        layers=tuple(LayerSource(layer=name, path=f"{name}.gpkg") for name in layers),
        working_crs=crs,
        tiers=None if tiers is None else tuple(tiers),
    )
    return Plan(config, chain, made, crs, tuple(notes), ())


def _make_layer(
    name: str,
    frame: gpd.GeoDataFrame | pd.DataFrame,
    tier: Tier | None,
    crs: str,
    aside: pd.DataFrame | None,
    pessimistic: Mapping[int, BaseGeometry],
) -> Layer:
    spec = tier.spec if tier else layer_specs()[name]
    path = f"{name}.gpkg"
    out = _spec_columns(frame, spec)
    if spec.kind != "table":
        out = gpd.GeoDataFrame(out, geometry=np.asarray(frame.geometry.array), crs=frame.crs or crs)
        if out.crs != crs:
            raise ValueError(f"{name}: the shapes are in {out.crs.name}, the plan is in {crs}")
    out["_label"] = list(frame["_label"]) if "_label" in frame else _labels(out, crs)
    out["_record"] = np.arange(len(out))
    out["_path"] = path
    out["_source_area"] = _source_areas(out)
    quarantined = None if aside is None else _fill_quarantine(aside, path)
    return Layer(
        name=name,
        spec=spec,
        frame=out,
        found=frozenset(column for column in frame.columns if column in spec.fields),
        read=len(out) + (0 if quarantined is None else len(quarantined)),
        repaired=len(pessimistic),
        quarantine=quarantined,
        pessimistic=dict(pessimistic),
        tier=tier,
        paths=(path,),
    )


def _spec_columns(frame: pd.DataFrame, spec: LayerSpec) -> pd.DataFrame:
    out = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    for name, field in spec.fields.items():
        if name in frame.columns:
            out[name] = pd.Series(list(frame[name]), index=out.index)
        elif field.type in {"number", "integer"}:
            out[name] = np.nan
        else:
            out[name] = pd.Series([None] * len(out), index=out.index, dtype=object)
    return out


def _labels(frame: pd.DataFrame, crs: str) -> list[str]:
    if "code" in frame:
        codes = [code if isinstance(code, str) and code.strip() else None for code in frame["code"]]
    else:
        codes = [None] * len(frame)
    if None not in codes or "geometry" not in frame:
        return [code if code else f"#{row}" for row, code in enumerate(codes)]
    points = shapely.point_on_surface(np.asarray(frame["geometry"].array))
    to_degrees = Transformer.from_crs(crs, "EPSG:4490", always_xy=True)
    lon, lat = to_degrees.transform(shapely.get_x(points), shapely.get_y(points))
    return [
        code if code else f"@{x:.5f},{y:.5f}" for code, x, y in zip(codes, lon, lat, strict=True)
    ]


def _source_areas(frame: pd.DataFrame) -> np.ndarray:
    if "geometry" not in frame:
        return np.full(len(frame), np.nan)
    shapes = np.asarray(frame["geometry"].array)
    return np.where(shapely.get_dimensions(shapes) == 2, shapely.area(shapes), np.nan)


def _fill_quarantine(aside: pd.DataFrame, path: str) -> pd.DataFrame:
    defaults = {
        "_path": path,
        "reason_zh": "无法修复",
        "reason_en": "beyond repair",
    }
    out = pd.DataFrame(index=pd.RangeIndex(len(aside)))
    for column in QUARANTINE_COLUMNS:
        given = list(aside[column]) if column in aside else [defaults.get(column)] * len(aside)
        out[column] = pd.Series(given, index=out.index, dtype=object)
    if "_record" not in aside:
        out["_record"] = range(len(out))
    no_label = out["_label"].isna()
    out.loc[no_label, "_label"] = [
        code if isinstance(code, str) and code else f"#{row}"
        for row, code in zip(out["_record"][no_label], out["code"][no_label], strict=True)
    ]
    return out
