"""Two runs beside each other: findings that are new, mended, worse or as before; verdicts."""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from gisplan.model import Difference

_WORSE = 1e-6  # of the measure: less is rounding


class Judged(Protocol):
    """A run, or what is known of one: findings and verdicts as in `Dossier`."""

    @property
    def findings(self) -> pd.DataFrame: ...  # noqa: D102

    @property
    def verdicts(self) -> pd.DataFrame: ...  # noqa: D102


def difference(old: Judged, new: Judged) -> Difference:
    """Return what changed between two runs; the fingerprint tells which finding is which."""
    before, after = (d.findings.drop_duplicates("fingerprint") for d in (old, new))
    was, now = before.set_index("fingerprint"), after.set_index("fingerprint")
    stays = after["fingerprint"].isin(was.index)
    still = after[stays]
    former = was["measure"].reindex(still["fingerprint"]).astype(float).to_numpy()
    grown = still["measure"].astype(float).to_numpy() - former > _WORSE * abs(former)
    worse = still[grown].assign(before=former[grown])
    return Difference(
        new=after[~stays].reset_index(drop=True),
        mended=before[~before["fingerprint"].isin(now.index)].reset_index(drop=True),
        worse=worse.reset_index(drop=True),
        unchanged=int(len(still) - grown.sum()),
        verdicts=_verdicts(old, new),
    )


def _verdicts(old: Judged, new: Judged) -> pd.DataFrame:
    columns = ["unit", "name", "verdict"]
    both = old.verdicts[columns].merge(
        new.verdicts[columns], on="unit", how="outer", suffixes=("_before", "_after")
    )
    name = both["name_after"].where(both["name_after"].notna(), both["name_before"])
    out = pd.DataFrame({"unit": both["unit"], "name": name}).assign(
        before=both["verdict_before"], after=both["verdict_after"]
    )
    changed = out["before"].astype(object) != out["after"].astype(object)
    return out[changed].sort_values("unit", ignore_index=True)
