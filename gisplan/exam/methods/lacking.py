"""Communities without a facility of the size that is asked for (未达标配建)."""

from __future__ import annotations

import numpy as np
import shapely

from gisplan.catalogue.exam import ExamIndicator, facility_classes
from gisplan.exam.answer import Answer, totals
from gisplan.exam.study import NotComputedError, Study
from gisplan.model import Text


def lacking(study: Study, indicator: ExamIndicator) -> list[Answer]:
    """Return how many communities have no facility of a class, of all communities.

    A facility counts where it lies in the community, or meets it if it is drawn as an area. One
    without an area counts for none that asks for one.
    """
    if "community" not in study.places:
        raise NotComputedError("没有社区图层", "no layer of communities")
    name = indicator.options["facility"]
    least = indicator.options.get("min_area", 0)
    found = study.of_class(name)
    facilities = study.facilities
    if least:
        found = found[facilities.area_m2[found] >= least]
    own = study.places["community"]
    _, community = shapely.STRtree(own.shapes).query(
        facilities.shapes[found], predicate="intersects"
    )
    lacks = np.ones(len(own.labels))
    lacks[community] = 0.0
    title = facility_classes()[name]
    size = f" ≥ {least:g} m²" if least else ""
    basis = Text(f"没有{title.zh}{size}的社区", f"communities without {title.en}{size}")
    answers = []
    points = shapely.point_on_surface(own.shapes)
    none = Text("没有社区", "no community")
    for level, places in study.places.items():
        n = len(places.labels)
        home = np.arange(n) if level == "community" else study.locate(level, points)
        at = home >= 0
        all_of = np.bincount(home[at], minlength=n).astype(float)
        value = totals(home[at], lacks[at], n)
        answers.append(
            Answer(
                level,
                np.where(all_of > 0, value, np.nan),
                basis,
                value,
                all_of,
                [None if there else none for there in all_of],
            )
        )
    return answers
