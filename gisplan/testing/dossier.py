"""A small dossier made by hand, for tests of everything that is drawn from one.

It stands still: no stage of the pipeline made it, so a renderer's test fails only when the
renderer changes. Two texts in it are hostile on purpose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gisplan.catalogue.judgement import judged
from gisplan.findings.accounts import draw_accounts
from gisplan.findings.frame import verdicts_frame
from gisplan.findings.status import why_not_fully_judged
from gisplan.model import Dossier, Filtered, LayerCount, Outcome, RuleRun, RunRecord, Text
from gisplan.testing.dossier_findings import hand_made_findings
from gisplan.testing.dossier_plan import (
    ASIDE,
    BLOCKED,
    CLEAR,
    CONDITIONAL,
    CRS,
    FORMULA,
    SCRIPT,
    UNKNOWN,
    small_plan,
)

__all__ = ["FORMULA", "SCRIPT", "small_dossier", "small_plan"]


def small_dossier() -> Dossier:
    """Return the dossier of `small_plan`: every verdict, severity and outcome occurs in it.

    Verdicts: 210102-GX001 blocked, GX002 undetermined, GX003 conditional (its name is a script
    tag), GX004 clear, GX005 quarantined and blocked. A formula hides in a finding's related name
    and in the message that cites it.
    """
    plan = small_plan()
    findings = hand_made_findings()
    by_code = findings.groupby("code").size()
    print_of = {code: list(rows["fingerprint"]) for code, rows in findings.groupby("code")}
    verdicts = verdicts_frame(
        [
            _verdict(
                BLOCKED,
                "盛京皇城片区",
                "blocked",
                2,
                0,
                [*print_of["BND101"], *print_of["HER101"]],
            ),
            _verdict(
                UNKNOWN,
                "方城南片区",
                "undetermined",
                0,
                0,
                [],
                Text("HER102：保护区划没有级别，无法判定", "HER102: a zone without level"),
            ),
            _verdict(
                CONDITIONAL,
                SCRIPT,
                "conditional",
                0,
                1,
                [*print_of["HER104"], *print_of["POL102"]],
                Text(
                    "须审批：历史文化街区建设控制地带内建设",
                    "approval due: works in a control zone",
                ),
            ),
            _verdict(CLEAR, "浑河湾片区", "clear", 0, 0, []),
            _verdict(
                ASIDE,
                "",
                "blocked",
                1,
                0,
                print_of["SRC108"],
                Text("要素已隔离：坐标为无穷大", "set aside: infinite coordinates"),
            ),
        ]
    )
    runs = [
        _run(code, Outcome.FAILED, int(count), values={"min_area": 1.0} if code == "BND101" else {})
        for code, count in by_code.items()
    ]
    runs[0] = replace(runs[0], filtered=Filtered(pieces=12, area_m2=3.4))  # BND101
    runs += [
        _run("SCH104", Outcome.PASSED),
        _run("TIM101", Outcome.SKIPPED, why=Text("缺少图层“规划名录”", "missing: layer register")),
        _run("HER102", Outcome.NOT_JUDGED, 1, Text("1 个要素无法判定", "1 feature not judged")),
        _run("IND104", Outcome.CRASHED, why=Text("KeyError: 'x'", "KeyError: 'x'")),
    ]
    record = RunRecord(
        gisplan="0.1.0",
        started="2026-01-05T08:00:00+00:00",
        seconds=1.25,
        engine="local",
        working_crs=CRS,
        libraries={"geos": "3.14.1", "proj": "9.5.1", "gdal": "3.11.4"},
        inputs=plan.inputs,
    )
    counts = tuple(
        LayerCount(
            layer=name,
            tier=layer.tier is not None,
            read=layer.read,
            checked=len(layer.frame),
            quarantined=layer.read - len(layer.frame),
            repaired=layer.repaired,
        )
        for name, layer in plan.layers.items()
    )
    dossier = Dossier(
        plan=plan,
        run=record,
        layers=counts,
        rules=tuple(sorted(runs, key=lambda run: run.code)),
        findings=findings,
        verdicts=verdicts,
        judged="unit",
        notices=(Text("栅格 dsm.tif：尚未使用", "raster dsm.tif: not used yet"),),
        accounts=draw_accounts(plan),
    )
    return replace(dossier, not_fully_judged=why_not_fully_judged(dossier))


def _run(
    code: str,
    outcome: Outcome,
    count: int = 0,
    why: Text | None = None,
    values: dict[str, Any] | None = None,
) -> RuleRun:
    nothing = judged()
    unjudged = nothing.not_judged
    if outcome is Outcome.NOT_JUDGED:
        row = {
            "layer": "unit",
            "fid": 1,
            "why_zh": "保护区划没有级别",
            "why_en": "zone without level",
        }
        unjudged = judged(not_judged=[row]).not_judged
    return RuleRun(code, outcome, count, nothing.offenders, unjudged, why, values or {})


def _verdict(
    unit: str,
    name: str,
    verdict: str,
    errors: int,
    approvals: int,
    reasons: list[str],
    why: Text | None = None,
) -> dict[str, Any]:
    return {
        "unit": unit,
        "name": name,
        "verdict": verdict,
        "errors": errors,
        "approvals": approvals,
        "reasons": sorted(reasons),
        "why_zh": [why.zh] if why else [],
        "why_en": [why.en] if why else [],
        "unknown_zh": [why.zh] if why and verdict == "undetermined" else [],
        "unknown_en": [why.en] if why and verdict == "undetermined" else [],
        "parent": "210102",
    }
