"""Codes, numbers, dates and code values as people type them (64)."""

from __future__ import annotations

import shutil
from typing import Any

from tests.corpus.base import CLEAR, VERDICTS
from tests.corpus.case import CHECK, Kind, either, right, told
from tests.corpus.change import again, called, cell, column, named, number, text, without
from tests.corpus.damage import on, put

kind = Kind("Values", CHECK)
ONE = "210102-GX001"
UNIT: dict[str, Any] = {"file": "GXDY.shp", "layer": "unit"}
GONE = {ONE: None}
# Units that meet no heritage are clear whatever their mode; of the others it has to be known.
MODELESS = {u: "undetermined" for u, v in VERDICTS.items() if v != "clear"}

# --- codes ------------------------------------------------------------------------------------
kind("val-code-twice", "two units of one code", told("SCH105", feature=ONE, **UNIT,
     verdicts={"210103-GX001": None}), model=cell("GXDY", 3, "DYBH", ONE))
kind("val-code-twice-zone", "two zones of one code", told("SCH105", layer="heritage_zone",
     feature="QH001"), model=cell("BHQH", 1, "QHBH", "QH001"))
kind("val-code-twice-project", "two projects of one code",
     told("SCH105", layer="project", feature="210102-GX001-P001"),
     model=cell("GXXM", 1, "XMBH", "210102-GX001-P001"))
kind("val-code-twice-row", "a unit that is in the file twice", told("SCH105 GEO105", feature=ONE,
     **UNIT), model=again("GXDY", 0))
kind("val-shape-twice", "one shape under two codes", told("GEO105 GEO103", **UNIT,
     feature="210102-GX009"), model=again("GXDY", 0, DYBH="210102-GX009"))
for name, value in (("null", None), ("blank", "   "), ("fullwidth-blank", "　　"), ("nul", b"\0\0"),
                    ("dash", "-"), ("slash", "/"), ("none", "无"), ("word-null", "NULL"),
                    ("word-nan", "nan"), ("hash", "#N/A"), ("pending", "待定")):
    kind(f"val-code-{name}", f"the code of unit {ONE} is {name}",
         told("SCH104 SCH106", **UNIT, verdicts=GONE), model=cell("GXDY", 0, "DYBH", value))
kind("val-code-null-zone", "a zone without code", told("SCH104", layer="heritage_zone"),
     model=cell("BHQH", 1, "QHBH", None))
kind("val-code-null-district", "a district without code",
     told("SCH104", layer="district", doubt=("210103-GX001", "210103-GX003")),
     model=cell("QX", 1, "QXDM", None))
for name, value in (
    ("spaces", " 210102-GX001"), ("space-inside", "210102 -GX001"),
    ("tab", "210102-GX001\t"), ("nbsp", "210102-GX001\u00a0"), ("newline", "210102-GX001\n"),
    ("fullwidth", "２１０１０２－ＧＸ００１"), ("zero-width", "210102\u200b-GX001"),
    ("bom", "\ufeff210102-GX001"), ("soft-hyphen", "210102\u00ad-GX001"),
    ("lower", "210102-gx001"), ("dash-long", "210102—GX001"), ("dash-minus", "210102−GX001"),
    ("underscore", "210102_GX001"), ("no-dash", "210102GX001"), ("letter-o", "21O102-GX001"),
    ("letter-o-end", "210102-GX0O1"), ("letter-l", "2l0102-GX001"), ("brackets", "[210102-GX001]"),
    ("quote", "'210102-GX001"), ("too-long", "210102-GX00100"), ("short", "210102-GX1"),
    ("accent", "210102-GX001́"), ("rtl", "\u202e210102-GX001"), ("float", "210102.0-GX001"),
):
    kind(f"val-code-{name}", f"the code of unit {ONE} with {name.replace('-', ' ')}",
         either("SCH104 SCH106 SCH107 LST102 LST104", **UNIT, verdicts=GONE),
         model=named(text("GXDY", "DYBH", 48), cell("GXDY", 0, "DYBH", value)))
for name, model in (
    ("int", named(number("QX", "QXDM", 6, 0), column("QX", "QXDM", lambda _n, v: int(v)))),
    ("float", named(number("QX", "QXDM", 14, 2), column("QX", "QXDM", lambda _n, v: float(v)))),
    ("text-float", named(text("QX", "QXDM", 20), column("QX", "QXDM", lambda _n, v: f"{v}.0"))),
    ("text-comma", named(text("QX", "QXDM", 20),
                         column("QX", "QXDM", lambda _n, v: f"{v[:3]},{v[3:]}"))),
    ("science", named(text("QX", "QXDM", 20),
                      column("QX", "QXDM", lambda _n, v: f"{int(v):.5E}"))),
    ("parent-float", named(number("GXDY", "SJDM", 14, 1),
                           column("GXDY", "SJDM", lambda _n, v: float(v)))),
    ("longer", named(text("QX", "QXDM", 12), column("QX", "QXDM", lambda _n, v: v + "000000"))),
    ("fullwidth-all", named(text("QX", "QXDM", 40), column(
        "QX", "QXDM", lambda _n, v: v.translate({48 + i: 0xFF10 + i for i in range(10)})))),
):
    kind(f"val-district-{name}", f"codes of districts as {name.replace('-', ' ')}",
         either("SCH103 SCH106 SCH107 LST102", file="QX.shp", layer="district"), model=model)
kind("val-district-float32", "codes of districts that lost their last digit in single precision",
     told("SCH105 SCH106 SCH107 SCH108 LST102 LST104 BND104", layer="district",
          doubt=CLEAR), model=named(number("QX", "QXDM", 10, 0), column("QX", "QXDM", 210104)))
kind("val-zone-code-int", "codes of zones as numbers", right(findings=False),
     model=named(number("BHQH", "QHBH", 6, 0), column("BHQH", "QHBH", lambda n, _v: n + 1)))
kind("val-orphan", "a unit whose district does not exist",
     told("LST102 LST104", feature=ONE, **UNIT), model=cell("GXDY", 0, "SJDM", "210199"))
kind("val-orphan-project", "a project whose unit does not exist",
     told("LST102 LST104", layer="project", feature="210102-GX001-P001"),
     model=cell("GXXM", 0, "DYBH", "210102-GX099"))
kind("val-orphan-null", "a unit that names no district", told("LST102", feature=ONE, **UNIT),
     model=cell("GXDY", 0, "SJDM", None))
kind("val-elsewhere", "a unit whose code is of the other district",
     told("BND104 LST104 LST102", feature="210103-GX009", **UNIT, verdicts=GONE),
     model=cell("GXDY", 0, "DYBH", "210103-GX009"))
kind("val-elsewhere-parent", "a unit whose parent is the other district",
     told("BND104 LST104", feature=ONE, **UNIT), model=cell("GXDY", 0, "SJDM", "210103"))
kind("val-cycle-self", "a unit that is its own parent", told("LST102 LST104", feature=ONE, **UNIT),
     model=named(text("GXDY", "SJDM", 14), cell("GXDY", 0, "SJDM", ONE)))
kind("val-cycle-two", "city and district name each other as parent",
     told("LST102 LST104", layer="city", doubt=()),
     model=named(cell("SHI", 0, "SJDM", "210102"), cell("QX", 0, "SJDM", "210100")))
kind("val-unknown-admin", "a district code that no list has", told("SCH107", layer="district",
     feature="210199"), model=named(cell("QX", 0, "QXDM", "210199"),
     *(cell("GXDY", r, "SJDM", "210199") for r in range(3))))
kind("val-name-other", "a district under another one's name", told("SCH108", layer="district",
     feature="210102"), model=cell("QX", 0, "QXMC", "沈河区"))
# --- numbers ----------------------------------------------------------------------------------
TEXT_NUMBER = told("SCH103 IND111 IND113", feature=ONE, **UNIT)
for name, value, expect in (
    ("stars", "*" * 14, None), ("text", b"   jiuwan     ", TEXT_NUMBER),
    ("unit", b"  90000 m2    ", None), ("comma", b"     90,000.00", None),
    ("two-points", b"   90.000.00  ", TEXT_NUMBER), ("two-numbers", b"  90000 90000 ", TEXT_NUMBER),
    ("science", b"        9.0E+4", None), ("fullwidth", "９００".encode().rjust(14), TEXT_NUMBER),
    ("nan", b"           NaN", TEXT_NUMBER), ("infinity", b"      Infinity", TEXT_NUMBER),
    ("inf", b"           inf", TEXT_NUMBER), ("hex", b"       0x15F90", TEXT_NUMBER),
    ("minus", b"     -90000.00", TEXT_NUMBER), ("zero", b"          0.00", None),
    ("hectares", b"          9.00", TEXT_NUMBER), ("mu", b"        135.00", TEXT_NUMBER),
    ("huge", b"99999999999.99", TEXT_NUMBER), ("dash", b"             -", None),
    ("nul", bytes(14), None),
):
    kind(f"val-area-{name}", f"the area of unit {ONE} is {name.replace('-', ' ')}",
         expect or either("SCH103 IND111", feature=ONE, **UNIT),
         model=cell("GXDY", 0, "MJ", value.encode() if isinstance(value, str) else value))
for name, value in (("stars", b"*" * 6), ("text", b"18 m  "), ("text-word", b"shiba "),
                    ("minus", b" -18.0"), ("plus", b"18.0.0")):
    kind(f"val-cap-{name}", f"the height cap of zone QH002 is {name.replace('-', ' ')}",
         either("SCH103", "BHQH.shp", "heritage_zone", "QH002"),
         model=cell("BHQH", 1, "GDKZ", value))
kind("val-cap-stars-height", "the planned height of unit 210102-GX003 did not fit its field",
     either("SCH103", **UNIT, feature="210102-GX003"), model=cell("GXDY", 2, "JZGD", b"*" * 6))
kind("val-height-text-column", "planned heights as text with their unit",
     told("SCH103", **UNIT, feature="210102-GX003"),
     model=named(text("GXDY", "JZGD"), column("GXDY", "JZGD", "15米（局部18米）")))
for name, value, expect in (
    ("nan", "NaN", 0), ("blank", "", 0), ("dashes", "--", 0), ("slash", "/", 0),
    ("text", "三百", 0),
    ("unit", "100个", 0), ("comma", "1,00", 0), ("fullwidth", "１００", 1), ("spaces", " 100 ", 1),
    ("inf", "inf", 0), ("percent", "100%", 0), ("about", "约100", 0), ("hash", "#REF!", 0),
    ("range", "90-110", 0), ("less", "<100", 0), ("science", "1E2", 1),
):
    target = (either if expect else told)("SCH103 SCH104 IND101 IND103")
    kind(f"val-target-{name}", f"a target of the indicator table is {name}", target,
         model=cell("指标表", 2, "MBZ", value))
kind("val-target-missed", "children that do not reach their parent's target",
     told("IND103", feature="210102"), model=cell("指标表", 2, "MBZ", 20.0))
# --- dates ------------------------------------------------------------------------------------
for name, value in (
    ("slashes", "2024/9/1"), ("points", "2024.09.01"), ("chinese", "2024年9月1日"),
    ("digits", "20240901"), ("time", "2024-09-01 00:00:00"), ("iso", "2024-09-01T00:00:00Z"),
    ("month", "2024年9月"), ("serial", "45536"), ("words", "二〇二四年九月一日"),
    ("english", "Sep 1, 2024"), ("fullwidth", "２０２４－０９－０１"),
    ("spaces", " 2024 - 09 - 01 "),
    ("year", "2024"),
):
    kind(f"val-date-{name}", f"a date of approval as {name}",
         either("SCH103", file="规划登记表.csv", layer="register"),
         model=cell("规划登记表", 2, "PZRQ", value))
for name, value in (("month-13", "2024-13-01"), ("february-30", "2024-02-30"),
                    ("zeros", "0000-00-00"),
                    ("pending", "待定"), ("two-digits", "09/01/24"), ("minguo", "民国113年9月1日"),
                    ("future", "20240901-20241001"), ("word", "去年")):
    kind(f"val-date-{name}", f"a date of approval as {name}",
         told("SCH103", file="规划登记表.csv", layer="register"),
         model=cell("规划登记表", 2, "PZRQ", value))
kind("val-date-dbf", "a date field of the .dbf with month 13", told("SCH103", feature=ONE, **UNIT),
     model=cell("GXDY", 0, "PZRQ", "20241301"))
kind("val-date-dbf-text", "a date field of the .dbf with a word in it",
     told("SCH103", feature=ONE, **UNIT), model=cell("GXDY", 0, "PZRQ", "unknown!"))
kind("val-date-before", "a unit approved before its district's plan",
     told("TIM101", feature=ONE, **UNIT), model=cell("GXDY", 0, "PZRQ", "2020-01-01"))
kind("val-period-reversed", "a unit whose period ends before it begins",
     told("TIM102 SCH103", feature=ONE, **UNIT),
     model=named(cell("GXDY", 0, "QX_Q", "2030-01-01"), cell("GXDY", 0, "QX_Z", "2025-12-31")))
# --- code values ------------------------------------------------------------------------------
for name, value in (("unknown", "M9"), ("words", "看情况"), ("blank", None), ("two", "M2/M9"),
                    ("number", "2")):
    kind(f"val-mode-{name}", f"the mode of unit 210102-GX003, in a zone, is {name}",
         told("SCH107 SCH103", layer="unit", feature="210102-GX003",
              verdicts={"210102-GX003": "undetermined"})
         if value else either("SCH102 SCH107", verdicts={"210102-GX003": "undetermined"},
                              findings=False),
         model=cell("GXDY", 2, "GXFS", value))
for name, value in (("lower", "m2"), ("fullwidth", "Ｍ２"), ("word", "整治提升"), ("space", " M2 "),
                    ("both", "M2整治提升"), ("brackets", "整治提升（M2）"), ("alias", "综合整治")):
    kind(f"val-mode-{name}", f"the mode of unit 210102-GX003 as {name}",
         either("SCH107", **UNIT, feature="210102-GX003", doubt=("210102-GX003",)),
         model=cell("GXDY", 2, "GXFS", value))
for name, value in (("unknown", "Z99"), ("words", "大概是保护区"), ("blank", None),
                    ("typo", "建控地代")):
    kind(f"val-zone-{name}", f"the kind of zone QH002 is {name}",
         told("SCH107 SCH102", "BHQH.shp", "heritage_zone", "QH002") if value
         else either("SCH102 SCH107", verdicts={"210102-GX003": "undetermined"}, findings=False),
         model=cell("BHQH", 1, "QHLX", value))
kind("val-level-unknown", "the level of zone QH003 is none", told("SCH107", "BHQH.shp",
     "heritage_zone", "QH003"), model=cell("BHQH", 2, "JB", "特级"))
kind("val-level-blank", "zone QH003 has no level", either("SCH107", findings=False,
     layer="heritage_zone"), model=cell("BHQH", 2, "JB", None))
kind("val-class-unknown", "the class of body LJ001 is none", told("SCH107", "BHDX.shp",
     "heritage_body", "LJ001"), model=cell("BHDX", 1, "LB", "神秘建筑"))
kind("val-class-blank", "body LJ001 has no class", either("SCH107", layer="heritage_body",
     findings=False), model=cell("BHDX", 1, "LB", None))
kind("val-line-unknown", "the kind of a control line is none", told("SCH107", "KZX.shp",
     "control_line", "KZ002"), model=cell("KZX", 1, "KZXLX", "彩虹线"))
kind("val-use-unknown", "a land-use code that no list has", told("SCH107 USE101", layer="parcel",
     feature="210102-GX001-D01"), model=cell("GXDK", 0, "YDYHFLDM", "9999"))
kind("val-use-zero-lost", "a land-use code without its leading zero", either("SCH107 USE101",
     layer="parcel", feature="210102-GX001-D01"), model=cell("GXDK", 0, "YDYHFLDM", "701"))
kind("val-tier-unknown", "an indicator row of a tier that is none", told("SCH107",
     layer="indicator", file="指标表.csv"), model=cell("指标表", 2, "CJ", "村级"))
kind("val-requirement-unknown", "an indicator row with a requirement that is none",
     told("SCH107", layer="indicator", file="指标表.csv"), model=cell("指标表", 0, "YQ", "差不多"))
# --- columns ----------------------------------------------------------------------------------
kind("val-no-mode", "units without a column for the mode", told("SCH102 why notice",
     file="更新方式", verdicts=MODELESS), model=without("GXDY", "GXFS"))
kind("val-no-code", "units without a column for the code", told("SCH102 SCH104", **UNIT,
     verdicts=dict.fromkeys(VERDICTS)), model=without("GXDY", "DYBH"))
kind("val-no-zone-kind", "zones without a column for their kind",
     told("SCH102", layer="heritage_zone", verdicts={"210102-GX003": "undetermined"}),
     model=without("BHQH", "QHLX"))
kind("val-no-target", "an indicator table without targets", told("SCH102", layer="indicator"),
     model=without("指标表", "MBZ"))
kind("val-column-unknown", "a column for the mode that nobody can recognise",
     told("SCH102 why notice", file="更新方式", verdicts=MODELESS),
     model=called("GXDY", "GXFS", "QQQ"))
kind("val-column-spaces", "columns with spaces around their names",
     right(), files=on("指标表.csv", lambda d: d.replace(b"MBZ", b" MBZ ")))
kind("val-column-twice", "two columns of one name in a CSV",
     either("SCH102 SCH103 SRC101 notice", file="指标表.csv", layer="indicator"),
     files=on("指标表.csv", lambda d: d.replace(b"DW", b"MBZ")))
# --- rows of tables ---------------------------------------------------------------------------
_CSV: dict[str, Any] = {"file": "指标表.csv", "layer": "indicator"}
kind("val-csv-empty", "a CSV of 0 bytes", told("SRC101 notice", **_CSV),
     files=put("指标表.csv", b""))
kind("val-csv-header", "a CSV of a header alone", either("SRC101 SCH101 notice", **_CSV,
     records={"indicator": 0}, findings=False),
     files=on("指标表.csv", lambda d: d.split(b"\r\n")[0] + b"\r\n"))
kind("val-csv-ragged-less", "a CSV row with columns missing", told("SRC108 SRC101 SCH103 SCH104",
     **_CSV, records={"indicator": 9}),
     files=on("指标表.csv", lambda d: d + "210102,ZB02,区县\r\n".encode()))
kind("val-csv-ragged-more", "a CSV row with columns too many", told("SRC108 SRC101 SCH103",
     **_CSV), files=on("指标表.csv", lambda d: d.replace(b"300,2030", b"300,000,2030", 1)))
kind("val-csv-quote", "a CSV with a quote that is never closed", told("SRC101 SRC108 SCH103 SCH107",
     **_CSV), files=on("指标表.csv", lambda d: d.replace("区县".encode(), '"区县'.encode(), 1)))
kind("val-csv-total", "a CSV with a row of totals", told("SCH104 SCH106 SCH107 LST102 SCH103",
     **_CSV, records={"indicator": 9}),
     files=on("指标表.csv", lambda d: d + "合计,,,,,,,600,,\r\n".encode()))
kind("val-csv-blank-rows", "a CSV with blank rows", right(), files=on(
     "指标表.csv", lambda d: d.replace(b"\r\n", b"\r\n\r\n") + b",,,,,,,,,\r\n"))
kind("val-csv-title", "a CSV with a title above its header",
     either("SRC101 notice", **_CSV, records={}),
     files=on("指标表.csv", lambda d: "﻿和平区指标表,,,,,,,,,\r\n".encode() + d[3:]))
kind("val-csv-cr", "a CSV with old Mac line ends", right(),
     files=on("指标表.csv", lambda d: d.replace(b"\r\n", b"\r")))
kind("val-csv-long-cell", "a CSV cell of two million characters", either("SRC101 SRC108", **_CSV),
     files=on("指标表.csv", lambda d: d.replace("新建停车位".encode(), b"x" * 2_000_000, 1)))
kind("val-csv-binary", "a CSV that is a picture", told("SRC101 notice", **_CSV),
     files=put("指标表.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4))
kind("val-csv-html", "a CSV that is a web page", told("SRC101 notice", **_CSV),
     files=put("指标表.csv", "<!DOCTYPE html><html><body>登录已过期</body></html>\n"))
kind("val-list-duplicate", "a list of heritage with a body twice", either("SCH105",
     layer="heritage_list", feature="WW001"), model=again("保护名录", 0))
kind("val-list-missing", "a body on the map that the published list lacks",
     either("LST107", feature="LJ001"), model=lambda plan: plan["保护名录"].rows.pop())
kind("val-list-more", "a published body that the map lacks",
     either("LST107", feature="LJ009", verdicts={}),
     model=again("保护名录", 1, BHBH="LJ009", MC="南湖老宅"))
kind("val-twice-file", "the unit layer is in the plan twice, under two names",
     told("SCH105 GEO105", records={"unit": 12}, **UNIT),
     files=lambda plan, _c, _r: [shutil.copy(plan / f"GXDY.{e}", plan / f"更新单元.{e}")
                                 for e in ("shp", "shx", "dbf", "prj", "cpg")])
