"""The exit status of a run: 0 judged, 1 with an error, 2 not fully judged."""

from __future__ import annotations

from gisplan.catalogue.layers import layer_specs
from gisplan.findings.counts import NOT_READ
from gisplan.findings.messages import layer_title
from gisplan.model import Dossier, Outcome, Severity, Text


def exit_status(dossier: Dossier) -> int:
    """Return 2 where something was not judged, else 1 with an error-level finding, else 0.

    A waived error does not count. A rule that was skipped makes no 2.
    """
    if dossier.not_fully_judged is not None:
        return 2
    findings = dossier.findings
    errors = (findings["severity"] == Severity.ERROR) & (findings["state"] != "waived")
    return int(bool(errors.any()))


def why_not_fully_judged(dossier: Dossier) -> Text | None:
    """Return what to mend first in a run that is not fully judged: file, layer, feature; or None.

    Files that could not be read come first, then features set aside, then rules that crashed.
    """
    return _unread(dossier) or _quarantined(dossier) or _crashed(dossier)


def _unread(dossier: Dossier) -> Text | None:
    notes = [note for note in dossier.plan.notes if note.kind in NOT_READ]
    if not notes:
        return None
    note = min(notes, key=lambda note: (NOT_READ.index(note.kind), note.path))
    title = _title(dossier, note.layer)
    layer_zh = f"（{title.zh}）" if title else ""
    layer_en = f" ({title.en})" if title else ""
    if note.kind == "crs_missing":
        return Text(
            f"{note.path}{layer_zh}：没有坐标系，请在 gisplan.toml 中为该图层写明 crs",
            f"{note.path}{layer_en}: no CRS; declare crs for this layer in gisplan.toml",
        )
    # a reader's reason begins with the file, for those who see nothing else
    reason_zh = note.detail.get("reason_zh", "").removeprefix(f"{note.path}：")
    reason_en = note.detail.get("reason_en", "").removeprefix(f"{note.path}: ")
    return Text(
        f"{note.path}{layer_zh}：无法读取：{reason_zh}；请重新导出或补齐该文件",
        f"{note.path}{layer_en}: cannot be read: {reason_en}; export or complete the file again",
    )


def _title(dossier: Dossier, layer: str) -> Text | None:
    tiers = {tier.name: tier.spec for tier in dossier.plan.chain}
    return layer_title(layer, {**layer_specs(), **tiers})


def _quarantined(dossier: Dossier) -> Text | None:
    total = sum(count.quarantined for count in dossier.layers)
    if not total:
        return None
    for count in dossier.layers:
        layer = dossier.plan.layers.get(count.layer)
        if layer is not None and layer.quarantine is not None and len(layer.quarantine):
            first = layer.quarantine.iloc[0]
            path, title, label = first["_path"], layer.spec.title, first["_label"]
            more_zh = f"（共隔离 {total} 个要素）" if total > 1 else ""
            more_en = f" ({total} features set aside)" if total > 1 else ""
            return Text(
                f"{path} · {title.zh} · {label}：已隔离：{first['reason_zh']}{more_zh}"
                "；请在源数据中修正",
                f"{path} · {title.en} · {label}: set aside: {first['reason_en']}{more_en}"
                "; mend it in the source",
            )
    return Text(f"共隔离 {total} 个要素", f"{total} features set aside")


def _crashed(dossier: Dossier) -> Text | None:
    crashed = [run for run in dossier.rules if run.outcome is Outcome.CRASHED]
    if not crashed:
        return None
    run = crashed[0]
    why = run.why or Text("", "")
    return Text(
        f"规则 {run.code} 检查出错：{why.zh}；其余规则已完成，请报告此问题或用 --ignore {run.code}",
        f"rule {run.code} crashed: {why.en}; the others ran; report it or use --ignore {run.code}",
    )
