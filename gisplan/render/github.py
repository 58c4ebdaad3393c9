"""Findings as annotations of a GitHub workflow: one command line each."""

from __future__ import annotations

from gisplan.model import Dossier, Lang, Severity
from gisplan.render.columns import printable

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def format_github(dossier: Dossier, lang: Lang) -> str:
    """Return one `::error title=CODE::message` line a finding; waived ones are notices.

    A text cannot break out of its line: what ends a line or a property is escaped as GitHub
    documents it. The file is that of the layer the finding is about.
    """
    lines = []
    for row in dossier.findings.to_dict("records"):
        command = "notice" if row["state"] == "waived" else _COMMAND[Severity(row["severity"])]
        layer = dossier.plan.layers.get(row["layer"])
        properties = [f"file={_property(layer.paths[0])}"] if layer and layer.paths else []
        properties.append(f"title={_property(row['code'])}")
        message = row[f"message_{lang}"]
        if row["feature"] not in message:
            message = f"{row['feature']} {message}"
        lines.append(f"::{command} {','.join(properties)}::{_data(message)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
