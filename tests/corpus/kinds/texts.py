"""Texts that would run, format, split or name a file where they are shown (45)."""

from __future__ import annotations

from typing import Any

from tests.corpus.base import plan_toml
from tests.corpus.case import Kind, either, right
from tests.corpus.change import cell, column, named, wide
from tests.corpus.damage import both, put, rename
from tests.corpus.formats import SHAPEFILE

kind = Kind("Hostile text")
PAYLOADS = {
    "script": "<script>alert(1)</script>", "script-end": "</script><script>alert(1)//",
    "image": "<img src=x onerror=alert(1)>", "svg": "\"><svg onload=alert(1)>",
    "attribute": "\" onmouseover=\"alert(1)", "single": "' onfocus='alert(1)",
    "template": "${alert(1)}", "backtick": "`${alert(1)}`", "entity": "&lt;script&gt;alert(1)",
    "entity-number": "&#60;img src=x onerror=alert(1)&#62;", "separator": "a\u2028alert(1)\u2029",
    "jinja": "{{ 7*7 }}", "jinja-block": "{% for x in range(9) %}x{% endfor %}",
    "jinja-attribute": "{{ self.__init__.__globals__ }}", "format": "{0} {feature} {x!r:>9999}",
    "percent": "%s %(name)s %n", "comment": "--><script>alert(1)</script><!--",
    "cdata": "]]><script>alert(1)</script>", "style": "</style><script>alert(1)</script>",
    "javascript": "javascript:alert(1)", "data": "data:text/html,<script>alert(1)</script>",
    "url": "http://127.0.0.1:9/x.js", "iframe": "<iframe src=http://127.0.0.1:9></iframe>",
    "base": "<base href=http://127.0.0.1:9/>", "markdown": "[x](javascript:alert(1))",
    "null-byte": "a\0b",
    "escape": "\x1b]0;pwned\x07\x1b[2J", "bell": "\x07\x08\x7f",
    "c1": "\x9b31mred", "bidi": "\u202egnp.exe\u2066", "zalgo": "和" + "\u0335" * 20,
    "emoji": "🏚️👨‍👩‍👧‍👦🇨🇳", "newline": "第一行\r\n第二行\n错误：伪造的一行",
    "pipe": "a|b||c", "github": "::error file=x::fake%0A", "noncharacter": "\ufffe\uffff",
    "formula": "=1+1", "formula-dde": "=cmd|' /C calc'!A0",
    "formula-link": "=HYPERLINK(\"http://x\")",
    "formula-plus": "+1+1", "formula-minus": "-1+cmd|' /C calc'!A0", "formula-at": "@SUM(1+1)",
    "formula-tab": "\t=1+1", "formula-return": "\r=1+1", "formula-fullwidth": "＝1+1",
    "formula-quote": "'=1+1", "sql": "'; DROP TABLE findings; --", "long": "超长" * 40,
    "dots": "../../../marker", "absolute": "/etc/passwd", "device": "CON",
    "device-port": "COM1.txt",
    "drive": "C:\\Windows\\x", "tilde": "~root", "star": "*?<>|\":", "trailing": "unit. ",
}
_WIDE = (("GXDY", "DYMC"), ("BHQH", "MC"), ("BHDX", "MC"), ("QX", "QXMC"), ("KZX", "MC"),
         ("GXXM", "XMMC"), ("GXDY", "GXFS"))


def everywhere(text: str) -> Any:
    """Put a text into the names of every layer, and of every table that may hold it."""
    tables = (("保护名录", "MC"), ("指标表", "ZBMC"), ("规划登记表", "GHMC"))
    plain = not any(ord(char) < 32 and char not in "\t\r\n" for char in text)
    return named(
        *(wide(stem, name, 250) for stem, name in _WIDE),
        *(column(stem, name, text) for stem, name in _WIDE if name != "GXFS"),
        *(column(stem, name, text) for stem, name in tables if plain),
    )


SAID = ("SCH108", "SCH109", "SRC103", "LST107", "SCH103")
for name, text in PAYLOADS.items():
    shown = (text,) if "<" in text else ()
    kind(f"txt-name-{name}", f"every name is {text[:30]!r}",
         either(" ".join(SAID), names=False, findings=False) if name == "zalgo" else
         right(*SAID, names=False, findings=False), model=everywhere(text), payload=shown)
for name in ("script", "image", "jinja", "format", "newline", "escape", "formula", "formula-dde",
             "dots", "absolute", "device", "drive", "sql", "long", "bidi", "separator"):
    text = PAYLOADS[name]
    shown = (text,) if "<" in text else ()
    kind(f"txt-code-{name}", f"the code of a unit is {text[:30]!r}",
         either("SCH104 SCH106 LST102", layer="unit", verdicts={"210102-GX001": None}),
         model=named(wide("GXDY", "DYBH", 250), cell("GXDY", 0, "DYBH", text)), payload=shown)
    kind(f"txt-mode-{name}", f"the mode of a unit in a zone is {text[:30]!r}",
         either("SCH107 SCH103", layer="unit", verdicts={"210102-GX003": "undetermined"}),
         model=named(wide("GXDY", "GXFS", 250), cell("GXDY", 2, "GXFS", text)), payload=shown)
for name in ("formula", "formula-dde", "formula-plus", "formula-minus", "formula-at", "formula-tab",
             "formula-return", "formula-fullwidth"):
    kind(f"txt-csv-{name}", f"every name is {PAYLOADS[name]!r}, findings as CSV",
         right(), model=named(everywhere(PAYLOADS[name]), cell("GXDY", 0, "SJDM", "210199")),
         command=("check", "{plan}", "--format", "csv", "--lang", "zh"))
for form in ("text", "json", "geojson", "github"):
    kind(f"txt-{form}-escape", f"every name holds control characters, findings as {form}",
         right(), model=named(everywhere(PAYLOADS["escape"] + PAYLOADS["newline"]),
                              cell("GXDY", 0, "SJDM", "210199")),
         command=("check", "{plan}", "--format", form, "--lang", "zh"))
kind("txt-inspect-escape", "inspect of a plan with hostile names", right(),
     model=everywhere(PAYLOADS["escape"]), command=("inspect", "{plan}", "--lang", "zh"))
for name, file in (("script", "单元<script>alert(1)<／script>"),
                   ("image", "GXDY<img src=x onerror=alert(1)>"),
                   ("quote", "GXDY\"'`${1}"), ("formula", "=cmd GXDY"), ("escape", "GXDY\x1b[2J"),
                   ("newline", "GXDY\n错误：伪造"), ("jinja", "GXDY{{7*7}}"),
                   ("dash", "--help GXDY"),
                   ("space", "  GXDY  "), ("dots", "GXDY.."), ("bidi", "GXDY\u202egpj")):
    kind(f"txt-file-{name}", f"the units are in a file called {file!r}", right("SRC109"),
         files=both(*(rename(f"GXDY.{e}", f"{file}.{e}") for e in SHAPEFILE)),
         payload=(file,) if "<" in file else ())
kind("txt-csv-control", "a CSV with control characters in a name",
     either("SRC101 SRC103", "保护名录.csv", "heritage_list", names=False),
     model=cell("保护名录", 0, "MC", PAYLOADS["escape"]))
kind("txt-plan-name", "the plan is called by a script", right(),
     files=put("gisplan.toml",
               "[plan]\nname = '</title><script>alert(1)</script>'\n" + plan_toml()),
     payload=("</title><script>",))
kind("txt-plan-name-formula", "the plan is called by a formula", right(),
     files=put("gisplan.toml", "[plan]\nname = '=1+1'\n" + plan_toml()))
kind("txt-waiver", "a waiver whose reason is a script and a formula", right(findings=False),
     files=put("gisplan.toml", plan_toml() + "[[waivers]]\ncode = 'HER104'\n"
               "feature = '210102-GX003'\nrelated = 'QH002'\nby = '=1+1'\n"
               "reason = '<script>alert(1)</script>'\nuntil = 2099-12-31\n"),
     payload=("<script>alert(1)</script>",))
kind("txt-cell-40000", "a name of 40 000 characters in a CSV", right(findings=False),
     model=cell("保护名录", 0, "MC", "长" * 40_000))
kind("txt-all-clear", "a unit called as a verdict is", right(names=False, findings=False),
     model=column("GXDY", "DYMC", "通过 clear"))
