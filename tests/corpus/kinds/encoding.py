"""Text in other encodings than declared, cut in a character, or in none at all (26)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.corpus.base import CLEAR, Base, plan_toml, write_csv
from tests.corpus.case import CHECK, Kind, Model, either, right, told
from tests.corpus.change import cell, named, wide
from tests.corpus.damage import both, on, put, rename

kind = Kind("Encoding", CHECK)
UNIT = {"file": "GXDY.shp", "layer": "unit"}


def coded(encoding: str, cpg: str | None, ldid: int = 0, stem: str = "GXDY") -> Model:
    """Write one layer's text in an encoding, and declare what one likes."""

    def model(plan: Base) -> None:
        sheet = plan[stem]
        sheet.encoding, sheet.cpg, sheet.ldid = encoding, cpg, ldid

    return model


def all_coded(encoding: str, cpg: str | None, ldid: int = 0) -> Model:
    """The same for every layer with shapes."""

    def model(plan: Base) -> None:
        for stem in plan.sheets:
            coded(encoding, cpg, ldid, stem)(plan)

    return model


FOUND = right("SRC102", "SRC109")
for name, encoding, cpg, ldid in (
    ("gbk-nothing", "gbk", None, 0), ("gbk-ldid", "gbk", None, 77),
    ("gbk-ldid-79", "gbk", None, 79),
    ("gbk-utf8-cpg", "gbk", "UTF-8", 0), ("gbk-latin-ldid", "gbk", None, 3),
    ("gbk-ansi-ldid", "gbk", None, 87), ("gbk-cpg-936", "gbk", "936", 0),
    ("gbk-cpg-cp936", "gbk", "CP936", 0), ("gbk-cpg-ansi", "gbk", "ANSI 936", 0),
    ("gbk-cpg-gb2312", "gbk", "gb2312", 0), ("gbk-cpg-garbage", "gbk", "#@!~", 0),
    ("gbk-cpg-empty", "gbk", "", 0), ("gbk-cpg-html", "gbk", "<html><body>404</body></html>", 0),
    ("gbk-cpg-big5", "gbk", "Big5", 0), ("gbk-cpg-latin1", "gbk", "ISO-8859-1", 0),
    ("gb18030-cpg", "gb18030", "GB18030", 0), ("gb18030-54936", "gb18030", "54936", 0),
    ("utf8-nothing", "utf-8", None, 0), ("utf8-gbk-cpg", "utf-8", "GBK", 0),
    ("utf8-ldid-gbk", "utf-8", None, 77), ("utf8-65001", "utf-8", "65001", 0),
    ("utf8-cpg-garbage", "utf-8", "utf8mb4???", 0), ("utf8-cpg-latin1", "utf-8", "ISO-8859-1", 0),
):
    kind(f"enc-{name}", f"units in {encoding}, .cpg {cpg!r}, language byte {ldid}", FOUND,
         model=coded(encoding, cpg, ldid))
kind(
    "enc-all-gbk", "every layer in GBK without any word of it", FOUND, model=all_coded("gbk", None)
)
kind("enc-all-mixed", "half the layers in GBK with .cpg UTF-8, half in UTF-8 with .cpg GBK", FOUND,
     model=named(*(coded("gbk", "UTF-8", 0, s) for s in ("QX", "BHQH", "JZ")),
                 *(coded("utf-8", "GBK", 0, s) for s in ("GXDY", "BHDX", "KZX"))))
kind("enc-cpg-bom", ".cpg with a byte order mark", right(), model=coded("utf-8", "UTF-8"),
     files=put("GXDY.cpg", b"\xef\xbb\xbfUTF-8\r\n"))
kind("enc-cpg-utf16", ".cpg written in UTF-16", FOUND,
     files=put("GXDY.cpg", "UTF-8".encode("utf-16")))
kind("enc-rare", "rare characters of GB18030 in a unit's name, no .cpg",
     right("SRC102", names=False),
     model=named(coded("gb18030", None), cell("GXDY", 0, "DYMC", "𠀀㐂䶮里单元")))
kind("enc-backslash", "GBK characters whose second byte is a backslash, no .cpg",
     right("SRC102", names=False),
     model=named(coded("gbk", None), cell("GXDY", 0, "DYMC", "誠俓乗刓单元")))
kind("enc-big5-cpg", "Big5 with .cpg big5", right("SRC102", names=False),
     model=named(coded("big5", "big5"),
                 *(cell("GXDY", r, "DYMC", "和平北里單元") for r in range(6))))
kind("enc-big5-nothing", "Big5 without a word of it", told("SRC102 SRC103", names=False, **UNIT),
     model=named(coded("big5", None),
                 *(cell("GXDY", r, "DYMC", "和平北里單元") for r in range(6))))
kind("enc-bad-bytes", "bytes of no encoding in a unit's name",
     told("SRC103", feature="210102-GX001", **UNIT),
     model=cell("GXDY", 0, "DYMC", b"\xff\xfe\xfd\xfc"))
kind("enc-bad-one", "one bad byte in the middle of a unit's name",
     told("SRC103", feature="210102-GX001", **UNIT),
     model=cell("GXDY", 0, "DYMC", "和平".encode() + b"\xff" + "北里".encode()))
kind("enc-bad-code", "bytes of no encoding in a unit's code", told("SRC103 SCH104", **UNIT,
     verdicts={"210102-GX001": None}),
     model=cell("GXDY", 0, "DYBH", b"\xff\xfe\xfd\xfc"))
kind("enc-bad-mode", "bytes of no encoding in a unit's mode",
     told("SRC103", feature="210102-GX002", **UNIT, doubt=("210102-GX002",)),
     model=cell("GXDY", 1, "GXFS", b"\xff\xfe\xfd"))
kind("enc-bad-zone", "bytes of no encoding in a zone's kind",
     told("SRC103", "BHQH.shp", "heritage_zone", "QH002"),
     model=cell("BHQH", 1, "QHLX", b"\xff\xfe\xfd"))
kind("enc-two-in-one", "rows in GBK and in UTF-8 in one file",
     told("SRC102 SRC103", **UNIT, names=False),
     model=named(cell("GXDY", 0, "DYMC", "和平北里单元".encode("gbk")),
                 cell("GXDY", 3, "DYMC", "沈河东里单元".encode("gbk"))))
kind("enc-cut-character", "a unit's name cut inside a character at the field's width",
     told("SCH109", feature="210102-GX001", **UNIT),
     model=named(wide("GXDY", "DYMC", 50),
                 cell("GXDY", 0, "DYMC", "和平区北里老旧小区及周边地区更新单元一期")))
kind("enc-cut-name", "a unit's name cut between two characters at the field's width",
     told("SCH109", feature="210102-GX001", **UNIT),
     model=cell("GXDY", 0, "DYMC", "和平区北里老旧小区及周边地区更新单元一期"))
kind("enc-cut-gbk", "a name in GBK cut inside a character, no .cpg",
     told("SCH109", feature="210102-GX001", **UNIT),
     model=named(coded("gbk", None), wide("GXDY", "DYMC", 31),
                 cell("GXDY", 0, "DYMC", "和平区北里老旧小区及周边地区更新单元一期")))
kind("enc-255-bytes", "a name of 254 bytes", either("SCH109", names=False, feature="210102-GX001"),
     model=named(wide("GXDY", "DYMC", 254), cell("GXDY", 0, "DYMC", "单" * 84 + "ab")))
kind("enc-field-gbk", "field names in Chinese, GBK, no .cpg", FOUND,
     model=named(coded("gbk", None), lambda plan: _rename(plan, "单元编号", "更新方式")))
kind("enc-field-cut", "field names in UTF-8 cut inside a character at ten bytes",
     either("SCH102 SCH103 SCH109 SRC103", layer="unit", doubt=("210102-GX001",)),
     model=lambda plan: _rename(plan, "单元编号", "更新方式"))
kind("enc-nul", "NUL bytes after each name", right(),
     model=cell("GXDY", 0, "DYMC", "和平北里单元".encode().ljust(48, b"\0")))


def _rename(plan: Base, code: str, mode: str) -> None:
    for old, new in (("DYBH", code), ("GXFS", mode)):
        sheet = plan["GXDY"]
        sheet.fields = [
            type(f)(new, f.type, f.width, f.decimals) if f.name == old else f for f in sheet.fields
        ]
        for row in sheet.rows:
            row[new] = row.pop(old)


# --- tables -----------------------------------------------------------------------------------
def csv_as(encoding: str, comma: str = ",", stem: str = "保护名录") -> Callable[..., None]:
    """Write a table again in an encoding."""

    def damage(plan: Path, _canaries: object, _random: object) -> None:
        from tests.corpus.base import sound

        write_csv(plan / f"{stem}.csv", sound()[stem], encoding, comma)

    return damage


for encoding in ("utf-8", "gbk", "gb18030", "utf-16", "utf-16-be", "utf-16-le"):
    kind(f"enc-csv-{encoding}", f"list of heritage as CSV in {encoding}",
         right("SRC102") if encoding not in ("utf-16-be", "utf-16-le")
         else either("SRC101 SRC102 SRC103", "保护名录.csv", "heritage_list"),
         files=csv_as(encoding))
kind("enc-csv-tabs", "CSV separated by tabs in GBK", right("SRC102"), files=csv_as("gbk", "\t"))
kind("enc-csv-semicolons", "CSV separated by semicolons", right(), files=csv_as("utf-8", ";"))
kind("enc-csv-two", "CSV with a row in GBK among rows in UTF-8",
     told("SRC101 SRC102 SRC103", "保护名录.csv", "heritage_list", doubt=()),
     files=on("保护名录.csv", lambda d: d.replace("故宫".encode(), "故宫".encode("gbk"))))
kind("enc-csv-nul", "CSV with NUL bytes", either("SRC101 SRC103", "保护名录.csv", "heritage_list"),
     files=on("保护名录.csv", lambda d: d.replace("故宫".encode(), b"\0\0\0")))
kind("enc-csv-bad", "CSV with bytes of no encoding",
     told("SRC101 SRC103", "保护名录.csv", "heritage_list"),
     files=on("保护名录.csv", lambda d: d.replace("故宫".encode(), b"\xff\xfe\xff")))
kind("enc-csv-indicator-gbk", "indicator table as CSV in GBK", right("SRC102"),
     files=csv_as("gbk", stem="指标表"))

# --- names of files ---------------------------------------------------------------------------
PARTS = ("shp", "shx", "dbf", "prj", "cpg")
kind("enc-file-chinese", "units called 更新单元.shp", right(),
     files=both(*(rename(f"GXDY.{e}", f"更新单元.{e}") for e in PARTS)))
kind("enc-file-long", "units in a file with a long Chinese name with blanks and brackets", right(),
     files=both(*(rename(f"GXDY.{e}", f"沈阳市 更新单元（2025年10月 终稿 审议版）(1).{e}")
                  for e in PARTS)))
kind("enc-file-rare", "units in a file with a rare character in its name", right(),
     files=both(*(rename(f"GXDY.{e}", f"𠀀更新单元.{e}") for e in PARTS)))


def _gbk_name(plan: Path, _canaries: object, _random: object) -> None:
    for ending in PARTS:
        name = b"\xb8\xfc\xd0\xc2\xb5\xa5\xd4\xaa".decode("utf-8", "surrogateescape")
        (plan / f"GXDY.{ending}").rename(plan / f"{name}.{ending}")


kind("enc-file-gbk", "units in a file whose name is in GBK bytes on the disk",
     either("SRC101 SCH101 notice", doubt=CLEAR, verdicts=dict.fromkeys(
         ("210102-GX001", "210102-GX002", "210102-GX003", "210103-GX001", "210103-GX002",
          "210103-GX003"))), files=_gbk_name)
kind("enc-folder-chinese", "the plan lies in a folder with a Chinese name", right(),
     files=lambda plan, _c, _r: plan.rename(plan.parent / "和平区 规划（送审）"),
     plan="和平区 规划（送审）")
kind("enc-toml-bom", "gisplan.toml with a byte order mark", either("fatal", "gisplan.toml",
     verdicts={}, records={}), files=put("gisplan.toml", "\ufeff[plan]\nname = '和平区'\n"))
kind("enc-toml-gbk", "gisplan.toml in GBK", either("fatal", "gisplan.toml"),
     files=put("gisplan.toml", "[plan]\nname = '和平区更新规划'\n".encode("gbk")))
kind("enc-toml-utf16", "gisplan.toml in UTF-16", either("fatal", "gisplan.toml"),
     files=put("gisplan.toml", "[plan]\nname = '和平区更新规划'\n".encode("utf-16")))
kind("enc-toml-encoding-lies", "gisplan.toml says GBK for a file in UTF-8",
     either("SRC102 SRC103 fatal", "GXDY.shp", "unit"),
     files=put("gisplan.toml", plan_toml(GXDY="encoding = 'GBK'\n")))
kind("enc-toml-encoding-unknown", "gisplan.toml names an encoding that does not exist",
     told("fatal", "gisplan.toml"),
     files=put("gisplan.toml", plan_toml(GXDY="encoding = 'GBQ'\n")))
kind("enc-field-empty", "a field without a name", either("SRC101 SRC109 SCH102 notice", **UNIT),
     files=on("GXDY.dbf", lambda d: d[:64] + bytes(11) + d[75:]))
kind("enc-field-twice", "two fields of one name", either("SRC101 SRC109 notice", **UNIT),
     files=on("GXDY.dbf", lambda d: d[:64] + b"DYBH".ljust(11, b"\0") + d[75:]))
kind("enc-c-locale", "GBK text under the C locale", FOUND, model=coded("gbk", None),
     env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
