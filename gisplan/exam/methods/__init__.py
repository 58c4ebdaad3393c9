"""How indicators are computed: one file a method."""

from __future__ import annotations

from collections.abc import Callable

from gisplan.catalogue.exam import ExamIndicator
from gisplan.exam.answer import Answer
from gisplan.exam.methods.lacking import lacking
from gisplan.exam.methods.ratio import ratio
from gisplan.exam.methods.served import served
from gisplan.exam.methods.share import count, share
from gisplan.exam.methods.zonal import cover, slope, statistic
from gisplan.exam.study import Study

Method = Callable[[Study, ExamIndicator], list[Answer]]

METHODS: dict[str, Method] = {
    "served": served,
    "lacking": lacking,
    "ratio": ratio,
    "share": share,
    "count": count,
    "zonal": statistic,
    "slope": slope,
    "cover": cover,
}
