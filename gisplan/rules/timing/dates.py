"""When each plan was approved and for what period: from the register, else the tier's fields."""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Tables
from gisplan.rules.notes import partial_dates

DATES = ("approved_on", "period_start", "period_end")
UNAPPROVED = frozenset({"drafting", "preliminary", "review"})
APPROVED = frozenset({"approved", "published"})


def plan_dates(tables: Tables, layer: str) -> pd.DataFrame:
    """Return what is known of the plan of each feature of a tier.

    The register's row in force (not superseded; of several the one approved last) goes before the
    feature's own fields, cell by cell.

    Returns
    -------
    DataFrame
        Index fid; approved_on, period_start, period_end (datetime64, NaT unknown), approved_by
        (the last day that `approved_on` may mean: 31 December of a year), status (code or None),
        told (bool: the register has a row for it, or its source has a date or a status).
    """
    own = tables.attributes[layer]
    facts = pd.DataFrame(index=own.index)
    for name in DATES:
        facts[name] = _dates(own, name)
    facts["approved_by"] = last_days(tables, layer, "approved_on")
    facts["status"] = own.get("status")
    facts["told"] = bool({"approved_on", "status"} & tables.found[layer])
    register = _register(tables, layer)
    if register.empty:
        return facts
    rows = register.reindex(own["code"]).set_axis(own.index)
    for name in (*DATES, "approved_by"):
        facts[name] = rows[name].where(rows[name].notna(), facts[name])
    facts["status"] = rows["status"].where(rows["status"].notna(), facts["status"])
    facts["told"] |= own["code"].isin(register.index)
    return facts


def _register(tables: Tables, layer: str) -> pd.DataFrame:
    """Return the register's row in force for each code of a tier, index code."""
    table = tables.attributes.get("register")
    if table is None:
        return pd.DataFrame()
    rows = table[(table["tier"] == layer) & (table["status"] != "superseded")]
    rows = rows[rows["code"].notna() & ~is_amendment(rows)]
    rows = rows.assign(**{name: _dates(rows, name) for name in DATES})
    rows["approved_by"] = last_days(tables, "register", "approved_on").reindex(rows.index)
    rows = rows.sort_values("approved_on", na_position="first", kind="stable")
    return rows.drop_duplicates("code", keep="last").set_index("code")


def is_amendment(register: pd.DataFrame) -> pd.Series:
    """Return which rows of the register amend a plan in part: they name the areas concerned."""
    if "amends" not in register:
        return pd.Series(False, index=register.index)
    return register["amends"].map(lambda codes: bool(amended_codes(codes))).astype(bool)


def amended_codes(cell: object) -> tuple[str, ...]:
    """Return the codes that an amendment names; an area is meant with all that lies below it."""
    return tuple(str(code) for code in cell if code) if isinstance(cell, list | tuple) else ()


def amendments(tables: Tables, layer: str, parent: str, child: str) -> pd.DataFrame:
    """Return the register's amendments of a parent plan that concern a child, by code."""
    table = tables.attributes.get("register")
    if table is None:
        return pd.DataFrame()
    rows = table[(table["tier"] == layer) & (table["code"] == parent)]
    rows = rows[is_amendment(rows) & (rows["status"] != "superseded")]
    meant = [child.startswith(amended_codes(codes)) for codes in rows["amends"]]
    return rows[pd.Series(meant, index=rows.index, dtype=bool)]


def first_days(tables: Tables, layer: str, name: str) -> pd.Series:
    """Return the first day that each date of a field may mean; NaT where there is none."""
    return _days(tables, layer, name, "start_time")


def last_days(tables: Tables, layer: str, name: str) -> pd.Series:
    """Return the last day that each date of a field may mean; NaT where there is none."""
    return _days(tables, layer, name, "end_time")


def _days(tables: Tables, layer: str, name: str, side: str) -> pd.Series:
    days = _dates(tables.attributes[layer], name)
    for fid, precision in partial_dates(tables, layer, name).items():
        period = days[fid].to_period({"month": "M", "year": "Y"}[precision])
        days[fid] = getattr(period, side).normalize()
    return days


def _dates(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(pd.NaT, index=frame.index)
    return pd.to_datetime(frame[name], errors="coerce")


def chain_pairs(tables: Tables) -> pd.DataFrame:
    """Return child and parent of every pair of features of the tiers, with the dates of both.

    Returns
    -------
    DataFrame
        child_layer, fid, parent_layer, parent_fid, and the columns of `plan_dates` with the
        suffixes _child and _parent; pairs whose parent was found only.
    """
    parents = tables["parents"]
    tiers = [tier.name for tier in tables.tiers_present()]
    rows = parents[parents["child_layer"].isin(tiers) & (parents["parent_fid"] >= 0)]
    rows = rows[rows["parent_layer"].isin(tiers)]
    facts = pd.concat({name: plan_dates(tables, name) for name in tiers}, names=["layer", "fid"])
    out = rows[["child_layer", "fid", "parent_layer", "parent_fid"]].reset_index(drop=True)
    for side, layer, fid in (
        ("child", "child_layer", "fid"),
        ("parent", "parent_layer", "parent_fid"),
    ):
        keys = pd.MultiIndex.from_arrays([out[layer], out[fid]], names=["layer", "fid"])
        out = out.join(facts.reindex(keys).set_axis(out.index).add_suffix(f"_{side}"))
    return _with_amendments(tables, out)


def _with_amendments(tables: Tables, pairs: pd.DataFrame) -> pd.DataFrame:
    """Put the date of the last amendment that concerns a child in the place of its parent's."""
    table = tables.attributes.get("register")
    if table is None or not is_amendment(table).any():
        return pairs
    amending = set(table.loc[is_amendment(table), "code"].dropna())
    last = last_days(tables, "register", "approved_on")
    codes = {name: tables.attributes[name]["code"] for name in set(pairs["parent_layer"]) |
             set(pairs["child_layer"])}  # fmt: skip
    for at, row in pairs.iterrows():
        parent = codes[row["parent_layer"]][row["parent_fid"]]
        child = codes[row["child_layer"]][row["fid"]]
        if parent not in amending or not isinstance(child, str):
            continue
        rows = amendments(tables, row["parent_layer"], parent, child)
        dates = _dates(rows, "approved_on").dropna()
        if len(dates):
            latest = dates.idxmax()
            pairs.loc[at, "approved_on_parent"] = dates[latest]
            pairs.loc[at, "approved_by_parent"] = last[latest]
            pairs.loc[at, "status_parent"] = "approved"
            pairs.loc[at, "told_parent"] = True
    return pairs
