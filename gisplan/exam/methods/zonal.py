"""Statistics of rasters within each place: vegetation, floods, slopes."""

from __future__ import annotations

import numpy as np

from gisplan.catalogue.exam import ExamIndicator
from gisplan.catalogue.layers import raster_specs
from gisplan.exam.answer import Answer
from gisplan.exam.study import UNKNOWN_SHARE, NotComputedError, Study
from gisplan.measure.slope import slope_raster
from gisplan.measure.zonal import Operation, share_above, zonal
from gisplan.model import Raster, Text


def statistic(study: Study, indicator: ExamIndicator) -> list[Answer]:
    """Return a statistic of the cells of a raster in each place."""
    return _answers(study, indicator, _raster(study, indicator.options["raster"]))


def slope(study: Study, indicator: ExamIndicator) -> list[Answer]:
    """Return the share of each place that is steeper than so many degrees."""
    terrain = _raster(study, indicator.options["raster"])
    if terrain.metres is None:
        raise NotComputedError(
            f"栅格 {terrain.path} 没有说明高程单位", f"{terrain.path} does not say its unit"
        )
    return _answers(study, indicator, slope_raster(terrain))


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


def _answers(study: Study, indicator: ExamIndicator, raster: Raster) -> list[Answer]:
    options = indicator.options
    operation: Operation = options.get("statistic") or share_above(options["above"])
    name = operation if isinstance(operation, str) else "0"
    answers = []
    for level, places in study.places.items():
        found = zonal(raster, places.shapes, study.scene.crs, [operation])
        known = found["known"].to_numpy(dtype=float)
        enough = known >= 1 - UNKNOWN_SHARE
        value = found[name].to_numpy(dtype=float) * options.get("scale", 1.0)
        why: list[Text | None] = [
            None
            if whole
            else Text(
                f"栅格只在其 {part:.1%} 的面积上有数据",
                f"the raster has data for {part:.1%} of it",
            )
            for whole, part in zip(enough, known, strict=True)
        ]
        basis = Text(f"栅格 {raster.path} 按像元面积精确统计", f"cells of {raster.path}, by area")
        value = np.where(enough, value, np.nan)
        answers.append(Answer(level, value, basis, known * places.area_m2, places.area_m2, why))
    return answers
