"""Base maps: tiles that the page may load where there is a network. None is the default."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from gisplan.errors import PlanError
from gisplan.model import Text

KEY_VARIABLE = "TIANDITU_TK"
# A tile address in which nothing can end an attribute, a script or a policy.
_ADDRESS = re.compile(r"https?://[\w.-]+(:\d+)?/[^\s\"'<>;,\\]*")
_KEY = re.compile(r"[0-9A-Za-z]{8,64}")


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Where tiles come from.

    urls : addresses with {x}, {y} and {z}, the first below; {s} is one of `hosts`, {k} the key
    shifted : tiles are in GCJ-02; the page moves them so that data in CGCS2000 fit
    key : written into the page only where the user asked for it; else the page asks the reader
    """

    urls: tuple[str, ...]
    credit: Text
    hosts: tuple[str, ...] = ()
    shifted: bool = False
    needs_key: bool = False
    key: str = ""
    deepest: int = 18

    @property
    def origins(self) -> tuple[str, ...]:
        """Return what the page may load pictures from: scheme and host of every address."""
        found = []
        for url in self.urls:
            for host in self.hosts or ("",):
                parts = urlsplit(url.replace("{s}", host))
                found.append(f"{parts.scheme}://{parts.netloc}")
        return tuple(dict.fromkeys(found))


_TIANDITU = (
    "https://t{s}.tianditu.gov.cn/DataServer?T=vec_w&x={x}&y={y}&l={z}&tk={k}",
    "https://t{s}.tianditu.gov.cn/DataServer?T=cva_w&x={x}&y={y}&l={z}&tk={k}",
)
_GAODE = (
    "https://webrd0{s}.is.autonavi.com/appmaptile"
    "?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"
)
KNOWN: Mapping[str, BaseMap] = {
    "tianditu": BaseMap(
        _TIANDITU,
        Text("底图：天地图", "Base map: Tianditu"),
        tuple("01234567"),
        needs_key=True,
    ),
    "gaode": BaseMap(
        (_GAODE,),
        Text(
            "底图：高德（GCJ-02），已移位以与 CGCS2000 数据相合，仅供示意",
            "Base map: Gaode (GCJ-02), moved to fit data in CGCS2000; for orientation only",
        ),
        tuple("1234"),
        shifted=True,
    ),
    "osm": BaseMap(
        ("https://tile.openstreetmap.org/{z}/{x}/{y}.png",),
        Text("底图：© OpenStreetMap 贡献者", "Base map: © OpenStreetMap contributors"),
        deepest=19,
    ),
}


def base_map(wanted: str, embed_key: bool = False) -> BaseMap | None:
    """Return a base map by its name or by the address of its tiles; None for `none`.

    Parameters
    ----------
    wanted : str
        none, tianditu, gaode, osm, or an address such as http://10.1.2.3/tiles/{z}/{x}/{y}.png.
    embed_key : bool
        Write the key of the environment variable TIANDITU_TK into the page.

    Raises
    ------
    PlanError
        No such base map; an address that is none; a key that is asked for and not there.
    """
    if wanted == "none":
        return None
    if wanted in KNOWN:
        found = KNOWN[wanted]
        if not (found.needs_key and embed_key):
            return found
        key = os.environ.get(KEY_VARIABLE, "").strip()
        if not _KEY.fullmatch(key):
            raise PlanError(
                f"环境变量 {KEY_VARIABLE} 没有可用的密钥",
                f"the environment variable {KEY_VARIABLE} holds no usable key",
            )
        return BaseMap(found.urls, found.credit, found.hosts, needs_key=True, key=key)
    if _ADDRESS.fullmatch(wanted) and all(part in wanted for part in ("{x}", "{y}", "{z}")):
        host = urlsplit(wanted).netloc
        return BaseMap((wanted,), Text(f"底图：{host}", f"Base map: {host}"))
    raise PlanError(
        f"没有底图 {wanted}；可用 none、tianditu、gaode、osm，或含 {{x}}、{{y}}、{{z}} 的瓦片地址",
        f"there is no base map {wanted}; use none, tianditu, gaode, osm, or the address of tiles "
        "with {x}, {y} and {z}",
    )
