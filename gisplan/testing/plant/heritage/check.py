"""Reviews plans with conflicts, and holds findings and verdicts against what is due."""

from __future__ import annotations

from dataclasses import dataclass, field

from gisplan.pipeline import review
from gisplan.testing.plant.heritage import STAGES, Sown, plant
from gisplan.testing.plant.score import Score, compare

DISTRICTS = 4  # enough places for one conflict of every kind


@dataclass
class Checked:
    """What became of some plans of a stage: findings, and verdicts that are not those due."""

    score: Score = field(default_factory=Score)
    verdicts: dict[str, int] = field(default_factory=dict)  # due, by verdict
    wrong: list[str] = field(default_factory=list)  # units whose verdict is another one

    def add(self, other: Checked) -> None:
        """Take in what became of others."""
        self.score.add(other.score)
        for verdict, count in other.verdicts.items():
            self.verdicts[verdict] = self.verdicts.get(verdict, 0) + count
        self.wrong += other.wrong


def check(sown: Sown) -> Checked:
    """Review a plan by the heritage rules, and compare."""
    result = review(sown.plan, select=["HER"], resolutions=False)
    rows = [dict(row) for row in result.findings.to_dict("records")]
    checked = Checked(compare(sown.planted, rows))
    found = dict(zip(result.verdicts["unit"], result.verdicts["verdict"], strict=True))
    for unit, due in sown.verdicts.items():
        checked.verdicts[due] = checked.verdicts.get(due, 0) + 1
        if found.get(unit) != due:
            checked.wrong.append(f"{unit} is {found.get(unit)}, due: {due}")
    checked.wrong += [f"{unit} is not in the plan" for unit in found.keys() - sown.verdicts.keys()]
    return checked


def check_seed(seed: int) -> dict[str, Checked]:
    """Plant and review the plan of a seed at every stage."""
    return {stage: check(plant(seed, stage, DISTRICTS)) for stage in STAGES}
