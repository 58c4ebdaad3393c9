"""Statistics of rasters within each place: vegetation, floods, slopes, land cover."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from gisplan.catalogue.exam import CoverTable, ExamIndicator, cover_tables
from gisplan.catalogue.layers import raster_specs
from gisplan.exam.answer import Answer
from gisplan.exam.study import (
    UNKNOWN_SHARE,
    NotComputedError,
    Study,
    cells_within,
    not_whole,
)
from gisplan.measure.marked import Marking, above, among, marked
from gisplan.measure.slope import slope_raster
from gisplan.model import Raster, Text


def statistic(study: Study, indicator: ExamIndicator) -> list[Answer]:
    """Return a statistic of the cells of a raster in each place, or their share above a limit."""
    options = indicator.options
    raster = _raster(study, options["raster"])
    if "above" in options:
        return _answers(study, indicator, _marked(raster, above(options["above"])), "mean")
    return _answers(study, indicator, raster, options["statistic"])


def slope(study: Study, indicator: ExamIndicator) -> list[Answer]:
    """Return the share of each place that is steeper than so many degrees."""
    terrain = _raster(study, indicator.options["raster"])
    if terrain.metres is None:
        raise NotComputedError(
            f"栅格 {terrain.path} 没有说明高程单位", f"{terrain.path} does not say its unit"
        )
    with _read_whole(terrain):
        degrees = slope_raster(terrain)
    steep = _marked(degrees, above(indicator.options["above"]))
    return _answers(study, indicator, steep, "mean")


def cover(study: Study, indicator: ExamIndicator) -> list[Answer]:
    """Return the share of each place that is of a class of land cover."""
    raster = _raster(study, indicator.options["raster"])
    said = study.settings.landcover
    if said is None:
        raise NotComputedError(
            "没有说明土地覆盖的编码（[exam] 的 landcover）",
            "nobody says what the codes of land cover are (landcover in [exam])",
        )
    own = Text("规划所填编码", "codes that the plan states")
    table = cover_tables()[said] if isinstance(said, str) else CoverTable(own, said)
    chosen = table.codes[indicator.options["class"]]
    if not chosen:
        raise NotComputedError(
            "编码表中没有这一类的编码", "the table of codes has none for this class"
        )
    known = tuple(code for codes in table.codes.values() for code in codes)
    cells = _marked(raster, among(chosen, known))
    listed = ", ".join(map(str, chosen))
    basis = Text(
        f"{table.title.zh}，编码 {listed.replace(', ', '、')}；不在编码表内的像元视为无数据",
        f"{table.title.en}, codes {listed}; cells of codes that it does not have are no data",
    )
    return _answers(study, indicator, cells, "mean", basis)


def _marked(raster: Raster, marks: Marking) -> Raster:
    with _read_whole(raster):
        return marked(raster, marks)


@contextmanager
def _read_whole(raster: Raster) -> Iterator[None]:
    from rasterio.errors import RasterioError

    try:
        yield
    except (RasterioError, OSError):
        raise not_whole(raster) from None


def _raster(study: Study, layer: str) -> Raster:
    rasters = study.plan.rasters.get(layer, ())
    title = raster_specs()[layer].title
    if not rasters:
        known = [record.path for record in study.plan.inputs if record.layer == layer]
        if known:
            raise NotComputedError(f"栅格 {known[0]} 没有坐标系", f"{known[0]} has no CRS")
        raise NotComputedError(f"没有{title.zh}栅格", f"no raster of {title.en}")
    if len(rasters) > 1:
        raise NotComputedError(
            f"{title.zh}有 {len(rasters)} 个栅格，请合并为一个",
            f"{len(rasters)} rasters of {title.en}; join them to one",
        )
    return rasters[0]


def _answers(
    study: Study,
    indicator: ExamIndicator,
    raster: Raster,
    operation: str,
    more: Text | None = None,
) -> list[Answer]:
    basis = Text(f"栅格 {raster.path} 按像元面积精确统计", f"cells of {raster.path}, by area")
    if more is not None:
        basis = Text(f"{basis.zh}；{more.zh}", f"{basis.en}; {more.en}")
    answers = []
    for level, places in study.places.items():
        found = cells_within(raster, places.shapes, study.scene.crs, operation)
        known = found["known"].to_numpy(dtype=float)
        enough = known >= 1 - UNKNOWN_SHARE
        value = found[operation].to_numpy(dtype=float) * indicator.options.get("scale", 1.0)
        why: list[Text | None] = [
            None
            if whole
            else Text(
                f"栅格只在其 {part:.1%} 的面积上有数据",
                f"the raster has data for {part:.1%} of it",
            )
            for whole, part in zip(enough, known, strict=True)
        ]
        value = np.where(enough, value, np.nan)
        answers.append(Answer(level, value, basis, known * places.area_m2, places.area_m2, why))
    return answers
