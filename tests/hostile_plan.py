"""The sample plan with every text in it replaced by one that would run where it is not escaped."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from gisplan.model import RawLayer, Waiver
from gisplan.normalise.plan import normalise
from gisplan.pipeline import Result, review
from gisplan.read.plan import read_plan

# Each leaves a mark where it is taken for markup: an element of this name, or a call of `ran`.
TEXTS = (
    "<x-canary>1</x-canary><script>ran()</script>",
    '"><x-canary>2</x-canary><img src=x onerror=ran()>',
    "'><x-canary>3</x-canary><svg/onload=ran()>",
    "</script><x-canary>4</x-canary><script>ran()</script>",
    "`${ran()}`<x-canary>5",
    "{{ran()}}{{7*7}}{% raw %}{%<x-canary>6",
    "&lt;x-canary&gt;&#60;x-canary&#62;7&amp;amp;",
    "javascript:ran()//<x-canary>8",
    "\u2028ran()\u2029<x-canary>9",
    "--><x-canary>10</x-canary><!--",
    "]]><x-canary>11</x-canary><![CDATA[",
    "</style></title></textarea></svg><x-canary>12",
    "<iframe srcdoc='<x-canary>13' src=javascript:ran()>",
    "\\u003cx-canary\\u003e14\\x3cx-canary\\x3e\\'\\\"",
    "<a href=javascript:ran()>15</a><base href=//x-canary/>",
    "<style>@import'//x-canary'</style><x-canary style=background:url(//x-canary)>16",
)
NAME = TEXTS[1]


def hostile_result(home: Path, words: Sequence[str] = TEXTS, *, before: bool = False) -> Result:
    """Review the sample with hostile texts in names, values, fields, files, waivers and notes.

    words : put in turn behind each text of the sample, or before it.
    """
    config, raws, notes = read_plan(home)
    texts = itertools.cycle(words)
    changed = [_changed(raw, texts, before) for raw in raws]
    first = review(normalise(config, changed, notes))
    waivers = tuple(
        Waiver(reason=next(texts), by=next(texts), fingerprint=fingerprint)
        for fingerprint in first.findings["fingerprint"].iloc[::7]
    )
    lost = [
        replace(
            note,
            path=f"{next(texts)}.shp",
            detail={
                key: _joined(value, next(texts), before) if isinstance(value, str) else value
                for key, value in note.detail.items()
            },
        )
        for note in notes
    ]
    config = replace(config, name=words[1 % len(words)], waivers=(*config.waivers, *waivers))
    return review(normalise(config, changed, lost))


def _joined(value: str, text: str, before: bool) -> str:
    return f"{text}{value}" if before else f"{value}{text}"


def _changed(raw: RawLayer, texts: itertools.cycle[str], before: bool) -> RawLayer:
    frame = raw.frame.iloc[:: max(1, len(raw.frame) // 25)].reset_index(drop=True)
    for column in [name for name in frame.columns if name != "geometry"]:
        values = frame[column]
        if not pd.api.types.is_object_dtype(values) and not pd.api.types.is_string_dtype(values):
            continue
        # Codes keep two rows of three, so that there is a chain to check.
        step = 3 if column in {"code", "parent", "DYBH"} or "BH" in str(column) else 1
        new = [
            _joined(value, next(texts), before)
            if isinstance(value, str) and row % step == 0
            else value
            for row, value in enumerate(values)
        ]
        frame[column] = pd.Series(new, dtype=object, index=frame.index)
    frame[next(texts)] = next(texts)  # a field of such a name, and a value in it
    path = f"{next(texts)}|{raw.source.path}"
    return RawLayer(
        replace(raw.source, path=path),
        replace(raw.record, path=path, fields=(*raw.record.fields, next(texts))),
        frame,
    )
