"""What is wrong with the sample's control lines: one copy lost ground, and three are entered."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gisplan.testing.sample_blocks import blob
from gisplan.testing.sample_defects import Draft
from gisplan.testing.sample_heritage import Place, town_name
from gisplan.testing.sample_lines import line_row
from gisplan.testing.sample_mesh import CRS, on_grid

# units at the edge of a town, without parcels, projects or heritage
FARMING: Place = ("210504", (1, 0))
BEYOND: Place = ("210503", (2, 4))
GREEN_DISTRICT, GREEN_UNIT = "210105", 4  # the fifth of its units that have parcels
SHRUNK = "210411"


def plant_lines(draft: Draft, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the control lines with copies by the districts and with what enters them."""
    lines = _pull_boundary(draft, lines)
    rows = [*_copies(draft, lines), _farmland(draft), _green_strip(draft)]
    more = gpd.GeoDataFrame(rows, crs=CRS)
    more["geometry"] = on_grid(more.geometry.to_numpy())
    return gpd.GeoDataFrame(pd.concat([lines, more], ignore_index=True), crs=CRS)


def _pull_boundary(draft: Draft, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Draw a development boundary back behind the outer part of a unit that is built anew."""
    units, code = draft.fabric.units, f"CZ{BEYOND[0]}"
    units.at[BEYOND, "mode"] = "M5"
    edge, out = _outer_side(units, BEYOND)
    bite = shapely.buffer(
        shapely.LineString([edge - out * 20, edge + out * 700]), 130, cap_style="flat"
    )
    here = (lines["code"] == code).to_numpy()
    shapes = lines.geometry.to_numpy().copy()
    shapes[here] = on_grid(shapely.difference(shapes[here], bite))
    draft.plant("BND108", "unit", units.at[BEYOND, "code"], "拆除重建，外侧越出城镇开发边界")
    return lines.set_geometry(gpd.GeoSeries(shapes, crs=lines.crs))


def _copies(draft: Draft, lines: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the districts' copies of the red lines, one without a corner that the city's has."""
    rows = []
    for line in lines[lines["kind"] == "生态保护红线"].itertuples():
        shape = line.geometry
        if line.code == f"ST{SHRUNK}":
            left, bottom, right, top = shape.bounds
            corner = shapely.box(left + (right - left) * 0.78, bottom, right, top)
            shape = shapely.difference(shape, corner)
            draft.plant("BND105", "control_line", line.code, "区县落图的红线缺了东侧一块")
        rows.append(
            line_row("ecological_redline", f"{line.code}-QX", line.name, shape, tier="区县")
        )
    return rows


def _farmland(draft: Draft) -> dict[str, Any]:
    """Return farmland that reaches under a unit that is built anew."""
    units, district = draft.fabric.units, FARMING[0]
    units.at[FARMING, "mode"] = "M5"
    edge, out = _outer_side(units, FARMING)
    code = f"NT{district}-2"
    draft.plant("BND107", "unit", units.at[FARMING, "code"], "拆除重建占用永久基本农田", code)
    shape = blob(edge + out * 110, 150, 61, wobble=0.2, n=13)
    return line_row("permanent_farmland", code, f"{town_name(district)}区永久基本农田", shape)


def _green_strip(draft: Draft) -> dict[str, Any]:
    """Return a green strip along a street that takes the front of one parcel to be built."""
    parcels, units = draft.fabric.parcels, draft.fabric.units.set_index("code").geometry
    ours = parcels["parent"].str.startswith(GREEN_DISTRICT)
    unit = parcels.loc[ours, "parent"].unique()[GREEN_UNIT]
    built = parcels[(parcels["parent"] == unit) & ~parcels["land_use"].str.startswith("14")]
    fronts = [_longest_side(shapely.intersection(shapely.boundary(units[unit]), parcel))
              for parcel in built.geometry]  # fmt: skip
    longest = int(np.argmax(shapely.length(fronts)))
    middle = shapely.ops.substring(fronts[longest], 0.2, 0.8, normalized=True)
    code = f"LX{GREEN_DISTRICT}-2"
    parcel = built["code"].iloc[longest]
    draft.plant("BND109", "parcel", parcel, "非绿地地块占用沿街绿线", code)
    strip = shapely.buffer(middle, 9, cap_style="flat")
    return line_row("green", code, f"{town_name(GREEN_DISTRICT)}沿街绿带绿线", strip)


def _outer_side(
    units: gpd.GeoDataFrame, place: Place
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where a unit's outline is crossed on the way out of town, and that way."""
    town = shapely.union_all(units.geometry[units["parent"] == place[0]].make_valid().to_numpy())
    middle, start = (shapely.get_coordinates(shapely.centroid(shape))[0]
                     for shape in (units.at[place, "geometry"], town))  # fmt: skip
    out = (middle - start) / np.hypot(*(middle - start))
    ray = shapely.LineString([middle, middle + out * 2000])
    crossing = shapely.intersection(ray, shapely.boundary(units.at[place, "geometry"]))
    return np.asarray(shapely.get_coordinates(crossing)[-1]), out


def _longest_side(line: BaseGeometry) -> BaseGeometry:
    """Return the longest straight piece of a line, an empty line where there is none."""
    sides = [
        shapely.LineString(pair)
        for part in shapely.get_parts(line)
        if part.geom_type == "LineString"
        for pair in zip(part.coords[:-1], part.coords[1:], strict=True)
    ]
    return max(sides, key=shapely.length, default=shapely.LineString())
