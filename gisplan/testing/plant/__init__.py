"""Plants defects of every kind into clean plans, and lists what a review must find in them.

    plan = clean_plan(seed=1)                    # a random plan without findings
    sown = plant(plan, seed=1)                   # one defect of each kind
    sown.plan, sown.planted, sown.refused        # refused: kinds that found no place, and why
    plant(plan, seed=1, kinds=["TIM"], n=2)      # two of each kind of one family

`python -m gisplan.testing.plant` plants all of them into thirty plans, reviews these, and writes
docs/recall.md: by rule what was planted, what of it was found, and what else was.

How a kind is added: a function in the file of its family, registered for the code of its rule.

    @plants("TIM105")
    def notice_of_three_weeks(draft):
        row = draft.pick("register", lambda key: ..., columns=("noticed_from",))
        draft.set("register", row, noticed_to=...)
        draft.expect("TIM105", "register", row)

It takes a feature that no other kind has taken (`Draft.pick`, or what `targets` offers), changes
the rows, and says every finding that this must bring, no more and no less: the rule it is meant
for, and those of others that the same defect breaks by its nature. Only changing the rows after
everything was picked keeps a kind that finds no place (NoPlaceError) without effect. A feature is
named by its key; what it is called is known when the plan is made. A new family is a file that is
imported below. A review of heritage compares `ruling` too, where `expect` says one.

The rows are raw: the plan with defects is made of them by `gisplan.normalise`, so that rules which
speak of what normalising noted (SCH103, GEO101 and the like) are put to the test as a whole. What
only reading a file can raise (SRC; SCH109) cannot be planted here: `tests/corpus` damages files.
"""

from __future__ import annotations

from gisplan.testing.plant import (
    boundary,
    cover,
    geometry,
    indicator,
    lists,
    policy,
    schema,
    timing,
    use,
)
from gisplan.testing.plant.clean import clean_plan
from gisplan.testing.plant.draft import Draft, NoPlaceError, Planted, Row
from gisplan.testing.plant.kinds import KINDS, Kind, plants
from gisplan.testing.plant.sow import Sown, plant

FAMILIES = (cover, geometry, boundary, schema, indicator, use, lists, timing, policy)

__all__ = [
    "FAMILIES",
    "KINDS",
    "Draft",
    "Kind",
    "NoPlaceError",
    "Planted",
    "Row",
    "Sown",
    "clean_plan",
    "plant",
    "plants",
]
