"""Sections through protected views as inline SVG: ground, what stands, the sight, what is planned.

Heights are drawn larger than lengths, by a factor that the picture tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gisplan.model import Dossier, SightProfile, Text

WIDTH, HEIGHT = 720, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 34, 34
_PLACES = 60  # of the outline of what is planned
_NARROW = 0.004  # of the length: what is thinner is drawn so wide
_GROUND, _STANDS, _SIGHT, _PLANNED, _OVER = "#cdbb9a", "#8a8f98", "#1f4e79", "#f4a03b", "#b2182b"

Numbers = NDArray[np.float64]


def sight_pictures(dossier: Dossier, most: int) -> dict[str, str]:
    """Return an SVG for each finding that has a section, by fingerprint, the first so many."""
    chosen = [key for key in dossier.findings["fingerprint"] if key in dossier.profiles][:most]
    return {key: section(dossier.profiles[key]) for key in chosen}


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where metres are on the picture."""

    length: float
    low: float
    high: float

    def x(self, metres: float) -> float:
        return _LEFT + metres / self.length * (WIDTH - _LEFT - _RIGHT)

    def y(self, metres: float) -> float:
        span = HEIGHT - _TOP - _BOTTOM
        return HEIGHT - _BOTTOM - (metres - self.low) / (self.high - self.low) * span

    @property
    def exaggeration(self) -> float:
        """How much larger heights are drawn than lengths."""
        return abs(self.y(1) - self.y(0)) / (self.x(1) - self.x(0))


def section(profile: SightProfile) -> str:
    """Return the section of a view as an SVG that shows its texts in the page's language."""
    distance = np.array(profile.distance)
    ground, surface, sight = (
        np.array([np.nan if value is None else value for value in values])
        for values in (profile.ground, profile.surface, profile.sight)
    )
    along, floor = _outline(profile, distance, ground)
    top = floor + profile.planned
    frame = _frame(distance, [ground, surface, sight, top])
    line = np.interp(along, distance, sight)
    over = np.maximum(np.minimum(line, top), floor)
    parts = [
        _stands(frame, distance, ground, surface),
        _area(frame, distance, ground, np.full(len(ground), frame.low), _GROUND, 1.0),
        _area(frame, along, over, floor, _PLANNED, 0.75),
        _area(frame, along, top, over, _OVER, 0.8),
        (
            f'<path d="{_line(frame, distance, sight)}" fill="none" stroke="{_SIGHT}" '
            'stroke-width="1.6" stroke-dasharray="7 4"/>'
        ),
        _ends(frame, sight),
        _excess(frame, profile, distance, ground, float(top.max())),
        _axes(frame),
        _key(frame),
    ]
    return (
        f'<svg class="sight" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="视线剖面 sight profile">{"".join(parts)}</svg>'
    )


def _outline(profile: SightProfile, distance: Numbers, ground: Numbers) -> tuple[Numbers, Numbers]:
    """Return places along what is planned, and the ground there, as far as it is known."""
    thin = _NARROW * distance[-1]
    start, stop = profile.start, profile.stop
    if stop - start < thin:
        start, stop = max(0.0, profile.at - thin / 2), min(distance[-1], profile.at + thin / 2)
    known = np.isfinite(ground)
    along = np.linspace(start, stop, _PLACES)
    return along, np.interp(along, distance[known], ground[known])


def _frame(distance: Numbers, heights: Sequence[Numbers]) -> _Frame:
    every = np.concatenate(heights)
    low, high = np.nanmin(every), np.nanmax(every)
    margin = max(1.0, 0.08 * (high - low))
    return _Frame(float(distance[-1]), float(low - margin), float(high + margin))


def _line(frame: _Frame, along: Numbers, height: Numbers) -> str:
    """Return a path through what is known."""
    path, pen = [], "M"
    for x, y in zip(along.tolist(), height.tolist(), strict=True):
        if y != y:  # NaN
            pen = "M"
            continue
        path.append(f"{pen}{frame.x(x):.1f} {frame.y(y):.1f}")
        pen = "L"
    return "".join(path)


def _area(
    frame: _Frame, along: Numbers, top: Numbers, bottom: Numbers, colour: str, opacity: float
) -> str:
    """Return what lies between two lines, where both are known."""
    known = np.isfinite(top) & np.isfinite(bottom)
    runs = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    paths = []
    for start, stop in runs.reshape(-1, 2).tolist():
        here = slice(start, stop)
        back = _line(frame, along[here][::-1], bottom[here][::-1]).replace("M", "L", 1)
        paths.append(_line(frame, along[here], top[here]) + back + "Z")
    return f'<path d="{"".join(paths)}" fill="{colour}" fill-opacity="{opacity}"/>'


def _stands(frame: _Frame, distance: Numbers, ground: Numbers, surface: Numbers) -> str:
    return _area(frame, distance, np.fmax(surface, ground), ground, _STANDS, 0.45)


def _ends(frame: _Frame, sight: Numbers) -> str:
    eye, end = float(sight[0]), float(sight[-1])
    x0, x1 = frame.x(0), frame.x(frame.length)
    y0, y1 = frame.y(eye), frame.y(end)
    return (
        f'<circle cx="{x0:.1f}" cy="{y0:.1f}" r="4" fill="{_SIGHT}"/>'
        f'<circle cx="{x1:.1f}" cy="{y1:.1f}" r="4" fill="{_SIGHT}"/>'
        + _text(x0 + 6, y0 - 14, Text(f"视点 {eye:.1f} m", f"eye {eye:.1f} m"))
        + _text(x1 - 6, y1 - 8, Text(f"对景 {end:.1f} m", f"seen {end:.1f} m"), "end")
    )


def _excess(
    frame: _Frame, profile: SightProfile, distance: Numbers, ground: Numbers, highest: float
) -> str:
    """Return the mark of what cuts the view, its figure above the highest of what is planned."""
    known = np.isfinite(ground)
    floor = float(np.interp(profile.at, distance[known], ground[known]))
    top = floor + profile.planned
    x, y = frame.x(profile.at), frame.y(max(top, highest))
    right = profile.at < 0.7 * frame.length
    shift, anchor = (6, "start") if right else (-6, "end")
    words = Text(f"高出视线 {profile.excess:.1f} m", f"{profile.excess:.1f} m above the sight")
    if profile.excess < 0:
        words = Text(
            f"低于视线 {-profile.excess:.1f} m", f"{-profile.excess:.1f} m below the sight"
        )
    here = f"M{x:.1f} {frame.y(top):.1f}V{frame.y(top - profile.excess):.1f}"
    told = _text(x + shift, y - 6, words, anchor, bold=True)
    return f'<path d="{here}" stroke="{_OVER}" stroke-width="2"/>' + told + _today(frame, profile)


def _today(frame: _Frame, profile: SightProfile) -> str:
    """Return a mark where the view is blocked already."""
    if profile.existing is None or profile.existing_at is None or profile.existing <= 0:
        return ""
    metres, x = profile.existing, frame.x(profile.existing_at)
    words = Text(f"现状遮挡 {metres:.1f} m", f"blocked today by {metres:.1f} m")
    y = HEIGHT - _BOTTOM - 6
    return f'<path d="M{x:.1f} {_TOP}V{y}" stroke="#555" stroke-dasharray="2 3"/>' + _text(
        x, y, words, "middle"
    )


def _axes(frame: _Frame) -> str:
    base = HEIGHT - _BOTTOM
    parts = [f'<path d="M{_LEFT} {_TOP}V{base}H{WIDTH - _RIGHT}" fill="none" stroke="#555"/>']
    for metres in _ticks(frame.low, frame.high, 5):
        y = frame.y(metres)
        parts.append(f'<path d="M{_LEFT - 4} {y:.1f}H{_LEFT}" stroke="#555"/>')
        parts.append(_plain(_LEFT - 7, y + 4, f"{metres:g}", "end"))
    for metres in _ticks(0, frame.length, 8):
        x = frame.x(metres)
        parts.append(f'<path d="M{x:.1f} {base}V{base + 4}" stroke="#555"/>')
        parts.append(_plain(x, base + 16, f"{metres:g}", "middle"))
    words = Text("高程 / 距离（m）", "elevation / distance (m)")
    return "".join(parts) + _text(WIDTH - _RIGHT, HEIGHT - 4, words, "end")


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers between two, so many at most."""
    rough = (high - low) / most
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough)
    first = np.ceil(low / step)
    return [float(n * step) for n in np.arange(first, np.floor(high / step) + 1)]


def _key(frame: _Frame) -> str:
    """Return what the colours mean, along the top."""
    entries = (
        (_GROUND, Text("地形", "ground")),
        (_STANDS, Text("现状地表", "surface today")),
        (_PLANNED, Text("规划高度", "planned")),
        (_OVER, Text("遮挡部分", "in the way")),
        (_SIGHT, Text("视线", "sight")),
    )
    x, parts = float(_LEFT), []
    for colour, words in entries:
        parts.append(f'<rect x="{x:.0f}" y="8" width="12" height="10" fill="{colour}"/>')
        parts.append(_text(x + 16, 17, words))
        x += 110
    factor = f"{frame.exaggeration:.1f}"
    words = Text(f"竖向放大 {factor} 倍", f"heights x {factor}")
    return "".join(parts) + _text(WIDTH - _RIGHT, 17, words, "end")


def _text(x: float, y: float, words: Text, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}'
    return f'<text class="zh" {where}>{words.zh}</text><text class="en" {where}>{words.en}</text>'


def _plain(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
