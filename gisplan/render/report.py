"""`report.html`: the review report, one file, conclusion first, in Chinese and English."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import jinja2
from markupsafe import Markup, escape

from gisplan.errors import OutputError
from gisplan.model import Dossier, Lang, Text, Verdict
from gisplan.render import words
from gisplan.render.accounts import CELLS, area_change, cell_examples, field_title
from gisplan.render.balance import balance_lines
from gisplan.render.consistency import NOTE as CONSISTENCY_NOTE
from gisplan.render.consistency import consistency_lines
from gisplan.render.content import make_content
from gisplan.render.coverage import NOTE as COVERAGE_NOTE
from gisplan.render.coverage import source_line
from gisplan.render.palette import SEVERITY_COLOUR, SEVERITY_FILL, VERDICT_COLOUR, VERDICT_FILL
from gisplan.render.rows import layer_title, listed_verdicts, project_rows
from gisplan.render.sight_pictures import sight_pictures
from gisplan.render.still import still
from gisplan.render.still_sheet import NO_FONT
from gisplan.render.transmission import NOTE as TRANSMISSION_NOTE
from gisplan.render.transmission import transmission_lines
from gisplan.render.unit_page import unit_pages
from gisplan.render.unit_pictures import unit_pictures

SHOWN_PER_RULE = 200  # rows of one rule on the page; the rest are in findings.xlsx, and it says so
SHOWN_SIGHTS = 60  # sections through views
SHOWN_OTHERS = 12  # findings on a unit's page that do not weigh
_OVERVIEW_DPI = 120
LISTED_UNITS = 2000  # rows of the table of units, those that are not clear first
SHOWN_UNITS = 300  # units with a picture and a page of their own


def write_report(dossier: Dossier, path: Path, lang: Lang) -> None:
    """Write the report; `lang` is what it opens in, a switch in the page shows the other."""
    path.write_text(report_html(dossier, lang), encoding="utf-8")


def report_html(dossier: Dossier, lang: Lang) -> str:
    """Return the report as a page that asks nothing of the network."""
    content = make_content(dossier)
    numbered = list(enumerate(content.units, 1))
    unclear = [(number, unit) for number, unit in numbered if unit.verdict != Verdict.CLEAR]
    places = listed_verdicts(dossier, LISTED_UNITS).index[:LISTED_UNITS]
    detailed = unclear[:SHOWN_UNITS]
    return _template().render(
        own_script=own_script(_source()),
        c=content,
        balance=balance_lines(dossier),
        consistency=consistency_lines(dossier),
        consistency_note=CONSISTENCY_NOTE,
        transmission=transmission_lines(dossier),
        transmission_note=TRANSMISSION_NOTE,
        lang=lang,
        run=dossier.run,
        crs_name=words.crs_name,
        field_title=lambda layer, name: field_title(dossier, layer, name),
        area_change=area_change,
        cell_examples=cell_examples,
        cell_kinds=CELLS,
        layer_title=lambda name: layer_title(dossier, name),
        listed=[numbered[place] for place in places],
        detailed=detailed,
        pages={number for number, _ in detailed},
        n_not_clear=len(unclear),
        unit_pages=unit_pages(dossier, [unit.unit for _, unit in detailed]),
        projects=project_rows(dossier),
        verdict_names=words.VERDICT,
        coverage=[source_line(dossier, source) for source in dossier.coverage.sources],
        coverage_note=COVERAGE_NOTE,
        shown_others=SHOWN_OTHERS,
        pictures=unit_pictures(dossier, [unit.unit for _, unit in detailed]),
        overview=_overview(dossier),
        no_font=NO_FONT,
        sections=sight_pictures(dossier, SHOWN_SIGHTS),
        shown_per_rule=SHOWN_PER_RULE,
        verdict_colour=VERDICT_COLOUR,
        verdict_fill=VERDICT_FILL,
        severity_colour=SEVERITY_COLOUR,
        severity_fill=SEVERITY_FILL,
    )


def _overview(dossier: Dossier) -> Text:
    """Return the picture of the whole plan in both languages; empty where no font can write it."""
    try:
        pictures = [
            b64encode(still(dossier, lang, dpi=_OVERVIEW_DPI)).decode() for lang in get_args(Lang)
        ]
    except OutputError:
        return Text("", "")
    return Text(*(f"data:image/png;base64,{picture}" for picture in pictures))


@cache
def _source() -> str:
    return files("gisplan.render").joinpath("templates/report.html.j2").read_text("utf-8")


def own_script(source: str) -> str:
    """Return the hash of a page's own script, taken from its template: no other one may run."""
    text = source.partition("<script>")[2].partition("</script>")[0]
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _template() -> jinja2.Template:
    return environment().from_string(_source())


def environment() -> jinja2.Environment:
    """Return what reports are drawn in: texts are escaped, and `t` shows both languages."""
    made = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["t"] = _bilingual
    made.filters["svg"] = Markup  # drawn by render.svg, which escapes its texts
    return made


def _bilingual(text: Any, en: str | None = None) -> Markup:
    """Return a text in both languages; the page shows one of them."""
    zh, en = (text.zh, text.en) if isinstance(text, Text) else (str(text), en or str(text))
    if zh == en:
        return Markup(escape(zh))
    return Markup('<span class="zh">{}</span><span class="en">{}</span>').format(zh, en)
