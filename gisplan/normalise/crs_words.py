"""Says which CRS coordinates fit, in few words: zones of one window are told together."""

from __future__ import annotations

from collections.abc import Sequence

from gisplan.model import Text
from gisplan.normalise.crs import crs_label
from gisplan.normalise.crs_zones import DATUMS, Zone, all_zones

LOCAL = Text(
    "不在任何常用坐标系的范围内，可能是地方独立坐标系（城市坐标系），"
    "请向数据提供单位索取 .prj 或转换参数（四参数/七参数）",
    "fits no usual CRS; perhaps a local city grid: ask the issuer for the .prj or for the"
    " parameters of the transformation",
)
SWAPPED = Text(
    "x 与 y 似乎颠倒了（北坐标或纬度在前）；对调后", "x and y seem exchanged; put right, "
)
_DATUM = {
    "CGCS2000": Text("CGCS2000", "CGCS2000"),
    "Xian 1980": Text("西安80", "Xi'an 80"),
    "Beijing 1954": Text("北京54", "Beijing 54"),
}
_ALIKE = Text(
    "几种基准的数值窗口相同，仅凭数值无法区分",
    "the datums share one window, the figures cannot tell them apart",
)
_FEW = 3  # meridians that are named one by one


def describe(codes: Sequence[str], narrowed: bool = False, apart: bool = False) -> Text:
    """Return what coordinates fit.

    Parameters
    ----------
    codes : sequence of str
        CRS as text, at least one.
    narrowed : bool
        They are those that bring the layer to the other layers of the plan.
    apart : bool
        There are other layers, and none of the codes brings the layer to them.
    """
    by_code = {zone.code: zone for zone in all_zones()}
    zones = [by_code[code] for code in codes if code in by_code]
    parts = [
        *_degrees(codes),
        *_zones([zone for zone in zones if zone.prefix and zone.width == 3]),
        *_zones([zone for zone in zones if zone.prefix and zone.width == 6]),
        *_meridians([zone for zone in zones if not zone.prefix and not zone.is_utm]),
        *_utm([zone for zone in zones if zone.is_utm]),
        *([_MERCATOR] if "EPSG:3857" in codes else []),
        *[_named(code) for code in codes if code not in by_code and code not in _PLAIN],
    ]
    zh, en = "；或 ".join(part.zh for part in parts), "; or ".join(part.en for part in parts)
    lead = Text("坐标符合 ", "its coordinates fit ")
    if narrowed:
        lead = Text("与其他图层位置相符的有 ", "what brings it to the other layers is ")
    tail = _ALIKE if len({zone.datum for zone in zones} - {"WGS 84"}) > 1 else None
    end = Text("", "") if tail is None else Text(f"；{tail.zh}", f"; {tail.en}")
    if apart:
        end = Text(
            end.zh + "；但没有一种使其与其他图层相遇",
            end.en + "; but none of them brings it to the other layers",
        )
    return Text(lead.zh + zh + end.zh, lead.en + en + end.en)


_PLAIN = ("EPSG:4490", "EPSG:4326", "EPSG:4610", "EPSG:4214", "EPSG:3857")
_MERCATOR = Text("Web 墨卡托（EPSG:3857）", "Web Mercator (EPSG:3857)")


def _degrees(codes: Sequence[str]) -> list[Text]:
    if "EPSG:4490" in codes:
        return [
            Text(
                "经纬度（CGCS2000 EPSG:4490、WGS 84 EPSG:4326、西安80 EPSG:4610、"
                "北京54 EPSG:4214，也可能是 GCJ-02 或 BD-09；仅凭数值无法区分）",
                "longitude and latitude (CGCS2000 EPSG:4490, WGS 84 EPSG:4326, Xi'an 80 EPSG:4610,"
                " Beijing 54 EPSG:4214, perhaps GCJ-02 or BD-09; the figures cannot tell)",
            )
        ]
    if "EPSG:4326" in codes:
        return [Text("经纬度（EPSG:4326）", "longitude and latitude (EPSG:4326)")]
    return []


def _zones(zones: Sequence[Zone]) -> list[Text]:
    """Tell zones with their number before the easting: there is one number in one easting."""
    if not zones:
        return []
    width, number = zones[0].width, zones[0].number
    return [
        Text(
            f"{width} 度带带号 {number}（{_codes(zones, 'zh')}）",
            f"the {width}° zone {number}, whose number begins the easting ({_codes(zones, 'en')})",
        )
    ]


def _meridians(zones: Sequence[Zone]) -> list[Text]:
    meridians = sorted({zone.meridian for zone in zones})
    if not meridians:
        return []
    if len(meridians) <= _FEW:
        zh = "、".join(f"{m}°" for m in meridians)
        en = " or ".join(f"{m}°" for m in meridians)
    else:
        zh = f"{meridians[0]}° 至 {meridians[-1]}° 之一"
        en = f"one of {meridians[0]}° to {meridians[-1]}°"
    return [
        Text(
            f"不带带号的高斯-克吕格坐标，中央经线 {zh}（{_codes(zones, 'zh')}）",
            f"Gauss-Kruger without zone number, central meridian {en} ({_codes(zones, 'en')})",
        )
    ]


def _utm(zones: Sequence[Zone]) -> list[Text]:
    if not zones:
        return []
    numbers = "、".join(f"{zone.number}N" for zone in zones)
    codes = _ranges([zone.epsg for zone in zones])
    return [Text(f"UTM {numbers}（{codes}）", f"UTM {numbers.replace('、', ', ')} ({codes})")]


def _codes(zones: Sequence[Zone], lang: str) -> str:
    told = []
    for datum in DATUMS:
        codes = sorted(zone.epsg for zone in zones if zone.datum == datum)
        if codes:
            told.append(f"{getattr(_DATUM[datum], lang)} {_ranges(codes)}")
    return ("，" if lang == "zh" else ", ").join(told)


def _ranges(codes: Sequence[int]) -> str:
    """Return codes in few words: 4534-4554, 4510."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and code == runs[-1][-1] + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    return "EPSG:" + "/".join(
        str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs
    )


def _named(code: str) -> Text:
    name = crs_label(code)
    return Text(f"其他图层所用的 {name}", f"{name}, which another layer has")
