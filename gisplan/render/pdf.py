"""`report.pdf`: the report on A4 through typst, Chinese fonts embedded."""

from __future__ import annotations

import json
import re
import tempfile
import textwrap
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from gisplan.errors import OutputError
from gisplan.model import Dossier, Lang, Text
from gisplan.render import words
from gisplan.render.columns import printable
from gisplan.render.paper import MACHINE, Block, Break, Heading, Para, Picture, Table, paper
from gisplan.render.still_sheet import FONTS, NO_FONT

_LONG = re.compile(r"[!-~]{13,}")
_FOLD = "\0"  # between the pieces of a long word; printable texts hold none
_FIRST = "\u2e80"  # what lies before is in every font
_SPELT = Text(
    "本机没有字体能显示下列字符，以编码代替：",
    "No font here has these characters; their codes stand for them: ",
)
_CONTENTS = Text("目录", "Contents")


def check_pdf() -> None:
    """Look for typst and a font with Chinese characters, before anything is read.

    Raises
    ------
    OutputError
        One of them is missing.
    """
    _fonts(_typst())


def write_pdf(
    dossier: Dossier, path: Path, lang: Lang, blocks: Sequence[Block] | None = None
) -> None:
    """Write the report; equal dossiers and fonts give equal bytes. No text of it is markup.

    `blocks` is what `paper` made of the dossier, where that is there already.
    """
    typst = _typst()
    fonts = _fonts(typst)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        parts: list[dict[str, Any]] = [{"landscape": False, "blocks": []}]
        title = ""
        for block in blocks or paper(dossier, lang):
            if isinstance(block, Heading) and block.level == 0:
                title = printable(block.text)
            elif isinstance(block, Break):
                parts.append({"landscape": block.landscape, "blocks": []})
            else:
                name = f"{len(parts)}-{len(parts[-1]['blocks'])}.png"
                parts[-1]["blocks"].append(_as_data(block, home / name))
        data = {
            "title": title,
            "lang": lang,
            "fonts": fonts,
            "contents": words.pick(_CONTENTS, lang),
            "footer": words.pick(MACHINE, lang),
            "parts": [part for part in parts if part["blocks"]],
        }
        (home / "report.json").write_text(_spelt(data, typst, lang), encoding="utf-8")
        source = files("gisplan.render").joinpath("templates/report.typ").read_text("utf-8")
        (home / "report.typ").write_text(source, encoding="utf-8")
        try:
            made = typst.compile(str(home / "report.typ"), root=str(home), format="pdf")
        except RuntimeError as error:
            raise OutputError(
                f"{path.name}：typst 未能生成（{error}）", f"{path.name}: typst failed ({error})"
            ) from error
    path.write_bytes(made)


def _as_data(block: Heading | Para | Table | Picture, file: Path) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": printable(block.text)}
    if isinstance(block, Para):
        return {"kind": block.kind, "text": printable(block.text)}
    if isinstance(block, Picture):
        file.write_bytes(block.png)
        return {"kind": "picture", "file": file.name, "caption": printable(block.caption)}
    rows = []
    for at, row in enumerate(block.rows):
        column, colour = block.fills.get(at, (-1, ""))
        rows.append(
            [
                {
                    "pieces": _pieces("\n".join(printable(line) for line in text.split("\n"))),
                    "fill": colour if n == column else None,
                }
                for n, text in enumerate(row)
            ]
        )
    return {"kind": "table", "head": block.head, "widths": block.widths, "rows": rows}


def _pieces(text: str) -> list[str]:
    """Return a text in pieces between which a cell can fold it: long words, a hash or a path.

    Nothing stands between them, so that what is copied out of the report is the word itself.
    """
    return _LONG.sub(
        lambda word: _FOLD.join(textwrap.wrap(word[0], 12, break_on_hyphens=False)), text
    ).split(_FOLD)


def _spelt(data: dict[str, Any], typst: Any, lang: Lang) -> str:
    """Return the data as JSON; a sign that no font draws is spelt out, and the report says so."""
    missing = _without_glyph(json.dumps(data, ensure_ascii=False), typst)
    if not missing:
        return json.dumps(data, ensure_ascii=False)
    spelt = {sign: f"〔U+{ord(sign):04X}〕" for sign in missing}
    note = {"kind": "note", "text": words.pick(_SPELT, lang) + "、".join(spelt.values())}
    first, *others = data["parts"]
    parts = [first | {"blocks": [note, *first["blocks"]]}, *others]
    text = json.dumps(data | {"parts": parts}, ensure_ascii=False)
    return text.translate({ord(sign): word for sign, word in spelt.items()})


def _without_glyph(text: str, typst: Any) -> list[str]:
    """Return the signs from the Chinese blocks on that no font has which typst finds, sorted."""
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    left = {sign for sign in text if sign >= _FIRST}
    families = {str(name) for name in typst.Fonts().families()}
    order = {name: at for at, name in enumerate(FONTS)}
    fonts = [font for font in font_manager.fontManager.ttflist if font.name in families]
    fonts.sort(key=lambda font: (order.get(font.name, len(order)), font.fname))
    for file in dict.fromkeys(font.fname for font in fonts):
        if not left:
            break
        left -= set(map(chr, FT2Font(file).get_charmap()))
    return sorted(left)


def _typst() -> Any:
    try:
        import typst
    except ImportError:
        raise OutputError(
            'PDF 报告需要 typst，请运行 pip install "gisplan[pdf]"',
            'the PDF report needs typst; run pip install "gisplan[pdf]"',
        ) from None
    return typst


def _fonts(typst: Any) -> list[str]:
    """Return the Chinese fonts that typst finds, the usual first; others serve rare signs."""
    there = {str(name) for name in typst.Fonts().families()}
    found = [name for name in FONTS if name in there]
    if not found:
        raise OutputError(*NO_FONT)
    return found
