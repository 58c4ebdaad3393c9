"""`report.docx`: the report for Word, in the office's own template where there is one."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gisplan.errors import OutputError
from gisplan.model import Dossier, Lang
from gisplan.render.paper import Block, Break, Heading, Para, Picture, Table, paper

MARK = "{{gisplan}}"
_SONG, _HEI, _LATIN = "宋体", "黑体", "Times New Roman"
_SIZE = {"body": 10.5, "verdict": 16, "note": 9, "item": 10.5}
_CELL = 8.5
_TIME = (1980, 1, 1, 0, 0, 0)


def check_template(template: Path | None) -> None:
    """Open the template, so that a wrong one is told before anything is read.

    Raises
    ------
    OutputError
        python-docx is missing, the file is no Word document, or has no paragraph MARK.
    """
    _opened(template)


def write_docx(
    dossier: Dossier,
    path: Path,
    lang: Lang,
    template: Path | None = None,
    blocks: Sequence[Block] | None = None,
) -> None:
    """Write the report; equal dossiers and templates give equal bytes.

    `blocks` is what `paper` made of the dossier, where that is there already.
    """
    document, mark = _opened(template)
    _Writer(document, mark, template is None).write(blocks or paper(dossier, lang), lang)
    properties = document.core_properties
    properties.title = _kept(dossier.plan.config.name or "")[:255]
    properties.author, properties.last_modified_by = "gisplan", "gisplan"
    properties.created = properties.modified = dt.datetime(2000, 1, 1)  # noqa: DTZ001
    out = io.BytesIO()
    document.save(out)
    path.write_bytes(_timeless(out))


def _opened(template: Path | None) -> tuple[Any, Any]:
    try:
        import docx
    except ImportError:
        raise OutputError(
            'Word 报告需要 python-docx，请运行 pip install "gisplan[docx]"',
            'the Word report needs python-docx; run pip install "gisplan[docx]"',
        ) from None
    if template is None:
        return docx.Document(), None
    try:
        document = docx.Document(str(template))
    except Exception as error:  # python-docx raises what its parts raise
        raise OutputError(
            f"{template}：不是可读的 .docx 模板，请换一个 --template",
            f"{template}: not a .docx template that can be read; choose another --template",
        ) from error
    marks = [p for p in document.paragraphs if p.text.strip() == MARK]
    if len(marks) != 1:
        raise OutputError(
            f"{template}：须有且只有一段 {MARK}（现有 {len(marks)} 段），报告写在该处",
            f"{template}: needs one paragraph {MARK}, where the report goes; it has {len(marks)}",
        )
    return document, marks[0]


def _kept(text: str) -> str:
    """Return a text without what XML cannot hold; rare characters stay."""
    return "".join(
        sign for sign in text if sign in "\t\n" or unicodedata.category(sign) not in {"Cc", "Cs"}
    )


class _Writer:
    def __init__(self, document: Any, mark: Any, own: bool) -> None:
        from docx.shared import Mm

        self.document, self.mark, self.own = document, mark, own
        section = document.sections[0]
        if own:
            section.page_width, section.page_height = Mm(210), Mm(297)
            section.left_margin = section.right_margin = Mm(22)
            section.top_margin = section.bottom_margin = Mm(20)
            self._styles()
            self._page_number(section.footer.paragraphs[0])
        self.width = section.page_width - section.left_margin - section.right_margin

    def write(self, blocks: Sequence[Block], lang: Lang) -> None:
        for block in blocks:
            if isinstance(block, Heading):
                self.heading(block)
            elif isinstance(block, Para):
                self.para(block)
            elif isinstance(block, Table):
                self.table(block)
            elif isinstance(block, Picture):
                self.picture(block)
            else:
                self.turn(block)
        if self.mark is not None:
            self.mark._p.getparent().remove(self.mark._p)

    def _styles(self) -> None:
        from docx.shared import Pt, RGBColor

        for name, face, size in (
            ("Normal", _SONG, 10.5), ("Title", _HEI, 22), ("Heading 1", _HEI, 15),
            ("Heading 2", _HEI, 12), ("Heading 3", _HEI, 11),
        ):  # fmt: skip
            style = self.document.styles[name]
            style.font.size = Pt(size)
            if name != "Normal":
                style.font.color.rgb = RGBColor(0x1F, 0x4E, 0x79)
            _face(style, face)

    def _page_number(self, paragraph: Any) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        paragraph.alignment = 1
        for word in ("PAGE", "NUMPAGES"):
            if word == "NUMPAGES":
                paragraph.add_run(" / ")
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), word)
            paragraph._p.append(field)

    def _placed(self, element: Any) -> None:
        """Move what was added at the end to the mark of the template."""
        if self.mark is not None:
            self.mark._p.addprevious(element)

    def _paragraph(self, style: str | None = None) -> Any:
        names = {s.name for s in self.document.styles} if not self.own else None
        known = style if names is None or style in names else None
        paragraph = self.document.add_paragraph(style=known)
        self._placed(paragraph._p)
        return paragraph

    def heading(self, block: Heading) -> None:
        style = "Title" if block.level == 0 else f"Heading {block.level}"
        _face(self._paragraph(style).add_run(_kept(block.text)), _HEI)

    def para(self, block: Para) -> None:
        from docx.shared import Pt

        paragraph = self._paragraph("List Bullet" if block.kind == "item" else None)
        paragraph.paragraph_format.space_after = Pt(4)
        run = paragraph.add_run(_kept(block.text))
        run.font.size, run.bold = Pt(_SIZE[block.kind]), block.kind == "verdict"
        _face(run, _HEI if block.kind == "verdict" else _SONG)

    def picture(self, block: Picture) -> None:
        paragraph = self._paragraph()
        paragraph.add_run().add_picture(io.BytesIO(block.png), width=self.width)
        paragraph.alignment = 1

    def turn(self, block: Break) -> None:
        """Begin a page; in a template the office's own paper stays as it is."""
        from docx.enum.section import WD_ORIENT, WD_SECTION

        section = self.document.sections[-1]
        lying = section.page_width > section.page_height
        if not self.own or lying == block.landscape:
            self._paragraph().paragraph_format.page_break_before = True
            return
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        section.page_width, section.page_height = section.page_height, section.page_width
        section.orientation = WD_ORIENT.LANDSCAPE if block.landscape else WD_ORIENT.PORTRAIT
        self.width = section.page_width - section.left_margin - section.right_margin

    def table(self, block: Table) -> None:
        """Write a table as XML text: cell by cell through python-docx takes minutes."""
        from xml.sax.saxutils import escape

        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        total = self.width / 635  # twentieths of a point
        widths = [int(total * share / sum(block.widths)) for share in block.widths]

        def cell(text: str, width: int, fill: str | None, bold: bool) -> str:
            shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill[1:]}"/>' if fill else ""
            face = _HEI if bold else _SONG
            lines = "<w:br/>".join(
                f'<w:t xml:space="preserve">{escape(line)}</w:t>'
                for line in _kept(text).split("\n")
            )
            size = int(_CELL * 2)
            return (
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr><w:p><w:pPr>'
                f'<w:spacing w:after="0"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="{_LATIN}" '
                f'w:hAnsi="{_LATIN}" w:eastAsia="{face}"/>{"<w:b/>" if bold else ""}'
                f'<w:sz w:val="{size}"/></w:rPr>{lines}</w:r></w:p></w:tc>'
            )

        head = "".join(
            cell(text, width, "#dfe7f0", bold=True)
            for text, width in zip(block.head, widths, strict=True)
        )
        rows = []
        for at, row in enumerate(block.rows):
            column, colour = block.fills.get(at, (-1, ""))
            cells = "".join(
                cell(text, widths[n], colour if n == column else None, bold=False)
                for n, text in enumerate(row)
            )
            rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
        edges = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="8A94A0"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        table = parse_xml(
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
            f"{head}</w:tr>{''.join(rows)}</w:tbl>"
        )
        after = self._paragraph()
        after._p.addprevious(table)


def _face(thing: Any, face: str) -> None:
    """Set the fonts of a style or run, the East-Asian one by itself: Word falls back without."""
    from docx.oxml.ns import qn

    thing.font.name = _LATIN
    fonts = thing.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), face)


def _timeless(content: io.BytesIO) -> bytes:
    """Return a zip with one time for all its members, so that equal content is equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()
