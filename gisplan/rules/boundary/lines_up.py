"""What the rules of boundaries share: which children lie in another parent than the named one."""

from __future__ import annotations

import pandas as pd

from gisplan.catalogue.judgement import Tables

# A child in two halves has no larger one; and what pokes into a neighbour while the rest lies in
# nobody's land is not elsewhere. So the other parent must lead by a thousandth of the child.
LEAD = 1e-3


def lies_elsewhere(nesting: pd.DataFrame) -> pd.Series:
    """Return for each row of `nesting` whether most of the child is in another parent.

    BND104 reports these, and BND101 keeps silent about them.
    """
    known = (nesting["parent_fid"] >= 0) & (nesting["actual_fid"] >= 0)
    lead = nesting["actual_share"].fillna(0.0) - nesting["named_share"].fillna(0.0)
    return known & (nesting["actual_fid"] != nesting["parent_fid"]) & (lead > LEAD)


def nested_layers(tables: Tables) -> set[str]:
    """Return the chained tiers that have another chained tier above them in the plan."""
    chained = [tier.name for tier in tables.tiers_present() if tier.chained]
    return set(chained[1:])


def told_elsewhere(tables: Tables) -> pd.DataFrame:
    """Return the rows of `nesting` that BND104 reports, with `how` their parent is known."""
    parents = tables["parents"]
    named = parents.loc[parents["how"].isin(["declared", "code"]), ["child_layer", "fid", "how"]]
    rows = tables["nesting"].merge(named, on=["child_layer", "fid"])
    return rows[lies_elsewhere(rows)]
