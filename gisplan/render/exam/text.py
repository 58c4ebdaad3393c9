"""The exam on a terminal: what it found, in a few lines."""

from __future__ import annotations

from gisplan.model import ExamDossier, Lang, Text
from gisplan.render.exam.report import conclusion
from gisplan.render.words import pick


def exam_summary(dossier: ExamDossier, lang: Lang) -> str:
    """Return the conclusion and the notes, one a line."""
    lines = [pick(conclusion(dossier), lang)]
    lines += [f"! {pick(note, lang)}" for note in dossier.notes]
    return "\n".join(lines)


def why_not_whole(dossier: ExamDossier, lang: Lang) -> str:
    """Return the line that names what was set aside."""
    aside = [
        f"{pick(layer.spec.title, lang)} {len(layer.quarantine)}"
        for layer in dossier.plan.layers.values()
        if layer.quarantine is not None and len(layer.quarantine)
    ]
    listed = "、".join(aside)
    text = Text(f"未能完整计算：已隔离 {listed}", f"not fully computed: set aside are {listed}")
    return pick(text, lang)
