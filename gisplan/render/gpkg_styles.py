"""How the layers of findings.gpkg look in QGIS."""

from __future__ import annotations

from collections.abc import Mapping

from gisplan.model import Dossier, Lang, Severity, Verdict
from gisplan.render.palette import RESOLUTION_COLOUR, SEVERITY_COLOUR, VERDICT_COLOUR
from gisplan.render.qml import categorised
from gisplan.render.rows import layer_name
from gisplan.render.words import RESOLUTION, SEVERITY, VERDICT, pick, word


def layer_styles(
    dossier: Dossier, aliases: Mapping[str, Mapping[str, str]], lang: Lang
) -> list[tuple[str, str, str, bool]]:
    """Return layer, name, QML and whether it is the default, for every layer of findings.gpkg."""
    severities = [(s.value, word(SEVERITY, s, lang), SEVERITY_COLOUR[s]) for s in Severity]
    verdicts = [(v.value, word(VERDICT, v, lang), VERDICT_COLOUR[v]) for v in Verdict]
    names = {
        "zh": {"point": "点", "line": "线", "polygon": "面"},
        "en": {"point": "points", "line": "lines", "polygon": "areas"},
    }[lang]
    by_severity = {"zh": "按等级", "en": "by severity"}[lang]
    by_verdict = {"zh": "按结论", "en": "by verdict"}[lang]
    styles = [
        (
            "findings",
            f"{by_severity} {names[geometry]}",
            # faint: the shape of a whole city may lie over the units
            categorised("severity", severities, geometry, aliases["findings"], opacity=0.12),
            geometry == "polygon",
        )
        for geometry in ("polygon", "line", "point")
    ]
    qml = categorised("verdict", verdicts, "polygon", aliases["units"])
    aside = [
        (name, layer_name(dossier, name, lang), VERDICT_COLOUR[Verdict.UNDETERMINED])
        for name in sorted({row.layer for row in dossier.accounts.aside})
    ]
    by_layer = {"zh": "按图层", "en": "by layer"}[lang]
    styles += [
        (
            "quarantine",
            f"{by_layer} {names[geometry]}",
            categorised("layer", aside, geometry, aliases["quarantine"], opacity=0.25),
            geometry == "polygon",
        )
        for geometry in ("polygon", "line", "point")
    ]
    styles.append(("units", by_verdict, qml, True))
    if "projects" in aliases:
        qml = categorised("verdict", verdicts, "polygon", aliases["projects"])
        styles.append(("projects", by_verdict, qml, True))
    if "resolutions" in aliases:
        kinds = [
            (key, pick(text, lang), RESOLUTION_COLOUR[key]) for key, text in RESOLUTION.items()
        ]
        qml = categorised("kind", kinds, "polygon", aliases["resolutions"], opacity=0.25)
        styles.append(("resolutions", {"zh": "按途径", "en": "by kind"}[lang], qml, True))
    return styles
