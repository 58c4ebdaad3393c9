"""What protects each relic and district: which zones it has, and whether it has a plan."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.model import Text
from gisplan.rules.heritage.doings import column
from gisplan.rules.heritage.register import BODY, ZONE, classes, kinds, name_of
from gisplan.rules.list.items import plain

_RELIC, _DISTRICT = ("Z2", "Z3"), ("Z6", "Z7")
_CLASSES = {
    "WW": _RELIC,
    "JQ": _DISTRICT,
    "MZ": _DISTRICT,
    "CL": _DISTRICT,
    "MC": ("Z10",),
    "CQ": ("Z10",),
    "SY": ("Z14",),
}
_NAMES = {
    "Z2": Text("保护范围", "protection zone"),
    "Z3": Text("建设控制地带", "construction-control zone"),
    "Z6": Text("核心保护范围", "core zone"),
    "Z7": Text("建设控制地带", "construction-control zone"),
    "Z10": Text("历史城区（名城保护范围）区划", "zone of the historic city area"),
    "Z14": Text("缓冲区", "buffer zone"),
    "plan": Text("保护规划", "protection plan"),
}


@dataclass(frozen=True, slots=True)
class Protection:
    """A body, or the zone that stands for a district without one, and what it lacks.

    kinds : what is missing: kinds of zone, "plan"
    outlined : its shape is all that is protected: who does not meet it is not concerned
    """

    layer: str
    fid: int
    kinds: tuple[str, ...]
    outlined: bool
    designated: str

    @property
    def missing(self) -> list[Text]:
        """What is missing, in words."""
        return [_NAMES[kind] for kind in self.kinds]

    @property
    def open(self) -> bool:
        """Whether a zone is missing that must be there."""
        return bool({"Z2", "Z6", "Z7", "Z10", "Z14"} & set(self.kinds))

    @property
    def weighs(self) -> bool:
        """Whether more is missing than what is drawn as needed."""
        return bool(set(self.kinds) - {"Z3"})


def protections(tables: Tables) -> list[Protection]:
    """Return each relic and district of the plan, bodies first, with what it lacks."""
    if len(tables.attributes.get(ZONE, ())) == 0:
        return []
    facts = _Facts(tables)
    bodies = [
        facts.of_body(fid, _CLASSES[code])
        for fid, code in classes(tables).to_dict().items()
        if code in _CLASSES
    ]
    return [*bodies, *(facts.of_zones(group) for group in facts.districts_without_body())]


class _Facts:
    """The zones of each body, as the plan names them or as they lie, and the plans on record."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        rows = tables["asset"]
        self.zones = rows.assign(kind=list(rows["zone_fid"].map(kinds(tables))))
        met = tables["body_zone"].merge(self.zones, on="zone_fid", suffixes=("", "_own"))
        # a zone that names nobody belongs to the bodies that lie in it
        has = met[met["own"] | ((met["how"] == "none") & (met["share_body"] > 0))]
        self.zones_of = {int(str(body)): group for body, group in has.groupby("body_fid")}
        self.anonymous = set(self.zones["kind"][self.zones["how"] == "none"])
        areas = tables["area"]
        areas = areas[(areas["layer"] == BODY) & (areas["area_m2"] > 0)]
        self.areal = set(areas["fid"])
        self.plan = column(tables, ZONE, "plan")
        self.designated = {
            layer: column(tables, layer, "designated_on")
            for layer in (BODY, ZONE)
            if layer in tables.attributes
        }

    def of_body(self, fid: int, due: tuple[str, ...]) -> Protection:
        """Return what a body lacks of the kinds of zone that are due."""
        own = self.zones_of.get(fid, self.zones.iloc[:0])
        there = set(own["kind"].dropna())
        missing = [kind for kind in due if kind not in there and not self._beside(kind)]
        if own["kind"].isna().any():
            missing = []
        plan = self._plan(own, BODY, fid) if due == _DISTRICT else ()
        outlined = due != _RELIC and fid in self.areal
        return Protection(BODY, fid, (*missing, *plan), outlined, self._date(BODY, fid))

    def of_zones(self, group: pd.DataFrame) -> Protection:
        """Return what a district lacks that is drawn as zones alone."""
        there, fid = set(group["kind"]), int(group["zone_fid"].iloc[0])
        missing = [kind for kind in _DISTRICT if kind not in there]
        lacking = (*missing, *self._plan(group, ZONE, fid))
        return Protection(ZONE, fid, lacking, False, self._date(ZONE, fid))

    def districts_without_body(self) -> list[pd.DataFrame]:
        """Return the zones of each district that is no body of a district's class.

        Zones with neither code nor name count as those of one district.
        """
        asset = classes(self.tables)
        drawn = {fid for fid, code in asset.items() if _CLASSES.get(code) == _DISTRICT}
        rows = self.zones[self.zones["kind"].isin(_DISTRICT)]
        rows = rows[~rows["body_fid"].isin(drawn)].sort_values(["kind", "zone_fid"])
        return [group for _, group in rows.groupby("asset", sort=True)]

    def _beside(self, kind: str) -> bool:
        """Return whether a control zone may be one of those that name nobody."""
        return kind in {"Z3", "Z7"} and kind in self.anonymous

    def _plan(self, zones: pd.DataFrame, layer: str, fid: int) -> tuple[str, ...]:
        """Return "plan" where no plan is known; nothing where one is, or where nobody says."""
        if self.plan.reindex(zones["zone_fid"]).notna().any():
            return ()
        register = self.tables.attributes.get("register")
        rows = None if register is None else register[register["tier"] == "protection"]
        if rows is None or rows.empty:
            return ("plan",) if "plan" in self.tables.found[ZONE] else ()
        current = rows[rows["status"] != "superseded"]
        codes = {self.tables.attributes[layer]["code"].get(fid), *zones["asset"]} - {None, ""}
        names = {plain(name_of(self.tables, layer, fid)), *zones["stem"]} - {""}
        by_name = [any(name in plain(text) for name in names) for text in current["name"]]
        return () if current["code"].isin(codes).any() or any(by_name) else ("plan",)

    def _date(self, layer: str, fid: int) -> str:
        value = self.designated[layer].get(fid)
        return "" if value is None or pd.isna(value) else str(pd.Timestamp(value).date())
