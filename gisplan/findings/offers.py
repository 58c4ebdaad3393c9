"""One way out of a conflict: what would change, by how much, and in which words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from gisplan.catalogue.codes import codelist
from gisplan.catalogue.judgement import Tables
from gisplan.findings.blocking import BARRED as BARRED_RULINGS
from gisplan.model import Plan, Text

VIEW = "HER114"  # a view leaves a height too, and a lower height should not stop short of it
HEIGHT = "HER105"  # a cap of height: answered by a lower height, not by another mode
BARRED = tuple(ruling.value for ruling in BARRED_RULINGS)
USEFUL_SHARE = 0.10  # of a feature's area: with less left it is no feature of its own any more


@dataclass(frozen=True, slots=True)
class Actor:
    """A feature that conflicts block: what it does, and the contacts that are to be cleared."""

    layer: str
    fid: int
    label: str
    title: Text
    mode: str | None
    stated_height: float | None
    contacts: pd.DataFrame
    others: tuple[str, ...]
    tier: bool

    @property
    def only_height(self) -> bool:
        """Whether nothing but caps of height stand against it."""
        return set(self.contacts["code"].tolist()) <= {HEIGHT}


@dataclass(frozen=True, slots=True)
class Offer:
    """One resolution. `outline` is a shape in the working CRS, `buildings` are rows to be shown."""

    kind: str
    text: Text
    offered: bool = True
    clears: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)
    needs: list[dict[str, Any]] = field(default_factory=list)
    outline: Any = None
    buildings: tuple[int, ...] = ()

    def shape(self, plan: Plan) -> Any:
        """Return what is to be drawn of it, None for nothing."""
        if self.buildings:
            held = plan.layers["building"].frame.geometry
            return held.iloc[list(self.buildings)].union_all()
        return self.outline


def actor(tables: Tables, key: tuple[str, int], contacts: pd.DataFrame) -> Actor:
    """Return what is known of a feature that conflicts block."""
    layer, fid = key
    frame = tables.attributes[layer]
    mode = frame.at[fid, "mode"] if "mode" in frame else None
    height = pd.to_numeric(frame.at[fid, "height"] if "height" in frame else None, errors="coerce")
    ends = zip(contacts["other_layer"].tolist(), contacts["other_fid"].tolist(), strict=True)
    others = [_named(tables.attributes[name], fid) for name, fid in ends if name and fid >= 0]
    return Actor(
        layer=layer,
        fid=int(fid),
        label=str(frame.at[fid, "_label"]),
        title=tables.specs[layer].title,
        mode=mode if mode in codelist("mode") else None,
        stated_height=None if pd.isna(height) else float(height),
        contacts=contacts,
        others=tuple(sorted(set(others))),
        tier=tables.tier(layer) is not None,
    )


def _named(frame: pd.DataFrame, fid: int) -> str:
    label = str(frame.at[fid, "_label"])
    name = frame.at[fid, "name"] if "name" in frame else None
    return f"{label} {name}" if isinstance(name, str) and name else label


def boundary(one: Actor, left: Mapping[str, Any] | None) -> Offer | None:
    """Return the outline without the zones, or that too little would be left."""
    if left is None:
        return None
    lost = left["area_m2"] - left["left_m2"]
    kept = left["left_m2"] / left["area_m2"] if left["area_m2"] > 0 else 0.0
    values = {
        "area_m2": round(float(left["area_m2"]), 1),
        "left_m2": round(float(left["left_m2"]), 1),
        "lost_m2": round(float(lost), 1),
        "lost_share": round(float(1 - kept), 4),
        "parts": int(left["n_parts"]),
        "holes": int(left["n_holes"]),
    }
    out = Text("、".join(one.others), ", ".join(one.others))
    if not left["n_parts"]:
        return Offer(
            "boundary",
            Text(
                f"调整范围：全部位于 {out.zh} 内，没有可以保留的部分",
                f"change of boundary: all of it lies in {out.en}, nothing would be left",
            ),
            offered=False,
            values=values,
        )
    if kept < USEFUL_SHARE:
        return Offer(
            "boundary",
            Text(
                f"调整范围：避开 {out.zh} 后仅剩 {left['left_m2']:,.0f} 平方米"
                f"（{kept:.1%}），不足以单独成立",
                f"change of boundary: clear of {out.en} only {left['left_m2']:,.0f} m2 ({kept:.1%})"
                " would be left, too little to stand alone",
            ),
            offered=False,
            values=values,
        )
    return Offer(
        "boundary",
        Text(
            f"调整范围：避开 {out.zh}，减少 {lost:,.0f} 平方米（{1 - kept:.1%}），"
            f"保留 {left['left_m2']:,.0f} 平方米" + _shape_zh(left, one),
            f"change of boundary: clear of {out.en}, {lost:,.0f} m2 ({1 - kept:.1%}) less,"
            f" {left['left_m2']:,.0f} m2 left" + _shape_en(left, one),
        ),
        clears=frozenset(left["clears"]),
        values=values,
        outline=left["geometry"],
    )


def _shape_zh(left: Mapping[str, Any], one: Actor) -> str:
    parts = f"，分为 {left['n_parts']} 块" if left["n_parts"] > 1 else ""
    holes = f"，内部留出 {left['n_holes']} 处" if left["n_holes"] > 0 else ""
    return parts + holes + ("；其下项目、地块的范围须一并调整" if one.tier else "")


def _shape_en(left: Mapping[str, Any], one: Actor) -> str:
    parts = f", in {left['n_parts']} parts" if left["n_parts"] > 1 else ""
    holes = f", with {left['n_holes']} left out within" if left["n_holes"] > 0 else ""
    return parts + holes + ("; what lies in it is to be changed with it" if one.tier else "")


def mode(one: Actor, found: Mapping[str, Any] | None) -> Offer | None:
    """Return the mode that clears the actor, or that there is none."""
    if found is None or one.mode is None:
        return None
    own, new = codelist("mode")[one.mode].title, found["to"]
    if new is None:
        return Offer(
            "mode",
            Text(
                f"调整更新方式：没有比“{own.zh}”更轻的方式能够消除冲突",
                f"change of mode: none that is less intense than {own.en} clears the conflict",
            ),
            offered=False,
            values={"from": one.mode, "to": None},
        )
    other = codelist("mode")[new].title
    due_zh = "；".join(f"{due['who_zh']}：{due['act_zh']}" for due in found["needs"])
    due_en = "; ".join(f"{due['who_en']}: {due['act_en']}" for due in found["needs"])
    prints = zip(one.contacts["code"].tolist(), one.contacts["fingerprint"].tolist(), strict=True)
    return Offer(
        "mode",
        Text(
            f"调整更新方式：由“{own.zh}”改为“{other.zh}”，"
            + (f"仍须：{due_zh}" if due_zh else "无须专门审批"),
            f"change of mode: {other.en} instead of {own.en}; "
            + (f"still due: {due_en}" if due_en else "no approval of its own is due"),
        ),
        clears=frozenset(key for code, key in prints if code != HEIGHT),
        values={"from": one.mode, "to": new},
        needs=list(found["needs"]),
    )


def height(one: Actor, view: float | None = None) -> Offer | None:
    """Return the height that fits: the lowest cap that the actor is above, or what a view leaves.

    Parameters
    ----------
    view : float, optional
        The lowest height that the views leave which the actor cuts.
    """
    if HEIGHT not in one.contacts["code"].tolist():
        return None
    rows = one.contacts[one.contacts["code"] == HEIGHT]
    cap = float(rows["limit"].min())
    if view is not None and 0 < view < cap:
        cap = math.floor(view * 10) / 10  # heights are stated to a decimetre
    now = one.stated_height
    zh = "" if now is None else f"（现为 {now:g} 米）"
    en = "" if now is None else f" (it is {now:g} m now)"
    return Offer(
        "height",
        Text(f"降低规划高度：不超过 {cap:g} 米{zh}", f"lower height: at most {cap:g} m{en}"),
        clears=frozenset(rows["fingerprint"]),
        values={"from": now, "to": cap},
    )


def keep(one: Actor, found: Mapping[str, Any] | None, labels: Mapping[int, str]) -> Offer | None:
    """Return the buildings that are not to be demolished."""
    if found is None:
        return None
    fids = sorted(int(fid) for fid in found["fids"])
    names = sorted(labels[fid] for fid in fids)
    shown = names[:20]
    zh = f"等 {len(names)} 栋" if len(names) > len(shown) else f"（{len(names)} 栋）"
    return Offer(
        "keep",
        Text(
            f"保留建筑：不拆除 {'、'.join(shown)}{zh}",
            f"buildings to keep: {', '.join(shown)} ({len(names)}) are not to be demolished",
        ),
        clears=frozenset(found["clears"]),
        values={"buildings": names},
        buildings=tuple(fids),
    )
