"""Shapefiles that are cut, lied about, incomplete or mixed up (reliability.md: 61)."""

from __future__ import annotations

import math
import struct

from tests.corpus.base import CLEAR, VERDICTS, Base, box
from tests.corpus.case import CHECK, Kind, either, right, told
from tests.corpus.damage import big, both, cut, little, noise, on, poke, put, remove, rename
from tests.corpus.shapefile import (
    LINE,
    MULTIPATCH,
    MULTIPOINT,
    NULL,
    POINT,
    POLYGON_M,
    POLYGON_Z,
    Raw,
    parts_content,
)

kind = Kind("Shapefile", CHECK)
RECORD = 136  # bytes of a box with its head; the first begins at 100
BROKEN = "SRC101 SRC108 SRC109 SRC110 GEO101 GEO102 GEO109"
UNIT = {"file": "GXDY.shp", "layer": "unit", "doubt": ()}
ZONE = {"file": "BHQH.shp", "layer": "heritage_zone", "doubt": CLEAR}
BODY = {"file": "BHDX.shp", "layer": "heritage_body", "doubt": CLEAR}


def at(record: int, offset: int = 0) -> int:
    """Return where a record of boxes begins in the file; offset 8 is its shape type."""
    return 100 + RECORD * record + offset


# --- cut --------------------------------------------------------------------------------------
for stem, place in (("GXDY", UNIT), ("BHQH", ZONE)):
    shp = f"{stem}.shp"
    last = 5 if stem == "GXDY" else 2
    for size, what in ((0, "empty"), (1, "one byte"), (50, "cut in the header"),
                       (99, "cut in the last byte of the header")):
        kind(f"shp-{stem}-{size}", f"{shp} {what}", told("SRC101", **place), files=cut(shp, size))
    kind(f"shp-{stem}-header-only", f"{shp} cut after the header, .dbf whole",
         told(BROKEN, **place), files=cut(shp, 100))
    kind(f"shp-{stem}-cut-head", f"{shp} cut in the head of the last record",
         told(BROKEN, **place), files=cut(shp, at(last, 4)))
    kind(f"shp-{stem}-cut-last", f"{shp} cut in the last record",
         told(BROKEN, **place), files=cut(shp, -20))
    kind(f"shp-{stem}-cut-byte", f"{shp} one byte short",
         told(BROKEN, **place), files=cut(shp, -1))
    kind(f"shp-{stem}-cut-middle", f"{shp} cut in the middle",
         told(BROKEN, **place), files=cut(shp, at(1, 60)))
    kind(f"shp-{stem}-cut-first", f"{shp} cut in the first record",
         told(BROKEN, **place), files=cut(shp, 130))
    kind(f"shp-{stem}-cut-shx-cut", f"{shp} and .shx both cut to one record, .dbf whole",
         told(BROKEN, **place), files=both(cut(shp, at(1)), cut(f"{stem}.shx", 108)))

# --- the header lies --------------------------------------------------------------------------
for stem, place in (("GXDY", UNIT), ("BHQH", ZONE)):
    shp = f"{stem}.shp"
    kind(f"shp-{stem}-length-small", f"{shp}: header says 50 words", either(BROKEN, **place),
         files=big(shp, 24, 50))
    kind(f"shp-{stem}-length-half", f"{shp}: header says half the length", either(BROKEN, **place),
         files=big(shp, 24, at(1) // 2))
    kind(f"shp-{stem}-length-big", f"{shp}: header says 2 GB", either(BROKEN, **place),
         files=big(shp, 24, 2**30))
    kind(f"shp-{stem}-length-negative", f"{shp}: header says a negative length",
         either(BROKEN, **place), files=big(shp, 24, -7))
    kind(f"shp-{stem}-magic", f"{shp}: wrong magic number", told("SRC101", **place),
         files=big(shp, 0, 1234))
    kind(f"shp-{stem}-version", f"{shp}: wrong version", either(BROKEN, **place),
         files=little(shp, 28, 4711))
    kind(f"shp-{stem}-box-nan", f"{shp}: extent of the header is NaN", either(BROKEN, **place),
         files=poke(shp, 36, struct.pack("<4d", *[math.nan] * 4)))
    kind(f"shp-{stem}-box-lies", f"{shp}: extent of the header is elsewhere",
         either(BROKEN, **place), files=poke(shp, 36, struct.pack("<4d", 0, 0, 1, 1)))
    for value, name in ((POINT, "point"), (LINE, "line"), (MULTIPATCH, "multipatch"), (77, "77")):
        kind(f"shp-{stem}-type-{name}", f"{shp}: header says type {name}, records are polygons",
             either(BROKEN, **place), files=little(shp, 32, value))

# --- records ----------------------------------------------------------------------------------
for stem, place, feature in (("GXDY", UNIT, "210102-GX002"), ("BHQH", ZONE, "QH002")):
    shp, one = f"{stem}.shp", {**place, "feature": feature}
    for name, offset, value in (
        ("parts-huge", 44, 2**30), ("parts-negative", 44, -1), ("parts-zero", 44, 0),
        ("points-huge", 48, 2**30), ("points-negative", 48, -5), ("points-zero", 48, 0),
        ("points-one-more", 48, 6), ("points-fewer", 48, 3), ("part-out", 52, 900),
        ("part-negative", 52, -3), ("part-inside", 52, 2), ("type-unknown", 8, 99),
        ("type-null", 8, NULL),
    ):
        kind(f"shp-{stem}-{name}", f"{shp}: second record, {name.replace('-', ' ')}",
             told(BROKEN, **one), files=little(shp, at(1, offset), value))
    kind(f"shp-{stem}-length-record-huge", f"{shp}: second record says it is 1 GB long",
         either(BROKEN, **place), files=big(shp, at(1, 4), 2**28))
    kind(f"shp-{stem}-length-record-zero", f"{shp}: second record says it is empty",
         either(BROKEN, **place), files=big(shp, at(1, 4), 0))
    kind(f"shp-{stem}-garbage", f"{shp}: 60 bytes of the second record are garbage",
         told(BROKEN, **place), files=noise(shp, at(1, 44), 60))
    kind(f"shp-{stem}-zeros", f"{shp}: zeros from the second record on", told(BROKEN, **place),
         files=on(shp, lambda data: data[: at(1)] + bytes(len(data) - at(1))))
    kind(f"shp-{stem}-numbers", f"{shp}: record numbers all 1", either(BROKEN, **place),
         files=both(big(shp, at(1), 1), big(shp, at(2), 1)))


def _mixed(shape: object, number: int = 0) -> object:
    def model(plan: Base) -> None:
        plan["BHQH"].shapes[number] = shape  # type: ignore[index]

    return model


_ring = box(450, 50, 850, 450)
_zone1 = {**ZONE, "feature": "QH001"}
_zone1_seen = {**_zone1, "doubt": ()}
kind("shp-mixed-point", "a point among polygons (zone QH001)",
     told(BROKEN, **_zone1), model=_mixed(Raw(struct.pack("<i2d", POINT, *_ring[0][0]))))
kind("shp-mixed-line", "a line among polygons (zone QH001)",
     told(BROKEN, **_zone1_seen), model=_mixed(Raw(parts_content(_ring, LINE))))
kind("shp-mixed-multipoint", "points among polygons (zone QH001)",
     told(BROKEN, **_zone1),
     model=_mixed(Raw(struct.pack("<i4di2d", MULTIPOINT, 0, 0, 1, 1, 1, *_ring[0][0]))))
kind("shp-mixed-z", "a polygon with heights among flat ones",
     either(BROKEN, **_zone1),
     model=_mixed(Raw(parts_content(_ring, POLYGON_Z, tail=struct.pack("<7d", *[5.0] * 7)))))
kind("shp-mixed-m", "a polygon with measures among flat ones",
     either(BROKEN, **_zone1),
     model=_mixed(Raw(parts_content(_ring, POLYGON_M, tail=struct.pack("<7d", *[5.0] * 7)))))
kind("shp-record-empty", "a record without even a type (zone QH001)",
     told(BROKEN, **ZONE), model=_mixed(Raw(b"")))
kind("shp-record-no-parts", "a polygon of no parts (zone QH001)",
     told(BROKEN, **_zone1), model=_mixed(Raw(parts_content([]))))
kind("shp-parts-overlap", "two parts that share their points (zone QH001)",
     told(BROKEN, **_zone1), model=_mixed(Raw(parts_content(_ring, starts=[0, 0],
                                                          counts=(2, 5)))))
kind("shp-parts-backwards", "part starts that run backwards (zone QH001)",
     told(BROKEN, **_zone1), model=_mixed(Raw(parts_content(_ring, starts=[3, 0],
                                                          counts=(2, 5)))))

# --- companions -------------------------------------------------------------------------------
for stem, place in (("GXDY", UNIT), ("BHQH", ZONE)):
    record = 6 if stem == "GXDY" else 3
    near = {**place, "doubt": ()}  # shapes are there, so that the extent of a doubt is known
    nobody = dict.fromkeys(VERDICTS) if stem == "GXDY" else {}
    kind(f"shp-{stem}-no-shx", f"{stem}.shx missing", right("SRC109"), files=remove(f"{stem}.shx"))
    for size, what in ((0, "empty"), (60, "cut in the header"), (104, "cut in the first entry"),
                       (-8, "one entry short")):
        kind(f"shp-{stem}-shx-{size}", f"{stem}.shx {what}", either("SRC109 SRC110", **place),
             files=cut(f"{stem}.shx", size))
    kind(f"shp-{stem}-shx-garbage", f"{stem}.shx: garbage offsets", right("SRC109"),
         files=noise(f"{stem}.shx", 100, 16))
    kind(f"shp-{stem}-shx-swapped", f"{stem}.shx: first two offsets exchanged",
         right("SRC109", "SRC110"),
         files=on(f"{stem}.shx", lambda d: d[:100] + d[108:116] + d[100:108] + d[116:]))
    kind(f"shp-{stem}-shx-same", f"{stem}.shx: every entry the first one",
         either("SRC109 SRC110", **place),
         files=on(f"{stem}.shx", lambda d: d[:100] + d[100:108] * ((len(d) - 100) // 8)))
    kind(f"shp-{stem}-shx-other", f"{stem}.shx of another file", either("SRC109 SRC110", **place),
         files=lambda plan, _c, _r, s=stem: (plan / f"{s}.shx").write_bytes(
             (plan / "QX.shx").read_bytes()))
    kind(f"shp-{stem}-no-prj", f"{stem}.prj missing",
         told("SRC104 SRC109", doubt=CLEAR, file=f"{stem}.shp", layer=str(place["layer"])),
         files=remove(f"{stem}.prj"))
    kind(f"shp-{stem}-no-cpg", f"{stem}.cpg missing", right("SRC102", "SRC109"),
         files=remove(f"{stem}.cpg"))
    kind(f"shp-{stem}-no-dbf", f"{stem}.dbf missing",
         told("SRC109 SRC101 SCH102", **near, verdicts=nobody, names=False),
         files=remove(f"{stem}.dbf"))
    kind(f"shp-{stem}-dbf-cut", f"{stem}.dbf cut in the last record",
         told("SRC109 SRC110 SRC101", **near, verdicts={"210103-GX003": None}
              if stem == "GXDY" else {}, names=False), files=cut(f"{stem}.dbf", -60))
    kind(f"shp-{stem}-dbf-head", f"{stem}.dbf cut in its header",
         told("SRC109 SRC110 SRC101", **near, verdicts=nobody, names=False),
         files=cut(f"{stem}.dbf", 40))
    kind(f"shp-{stem}-dbf-fewer", f"{stem}.dbf says one record less than the .shp",
         told("SRC110 SRC109", **near, verdicts={"210103-GX003": None}
              if stem == "GXDY" else {}, names=False),
         files=little(f"{stem}.dbf", 4, record - 1))
    kind(f"shp-{stem}-dbf-more", f"{stem}.dbf says more records than it holds",
         told("SRC110 SRC109", **near), files=little(f"{stem}.dbf", 4, record + 10))
    kind(f"shp-{stem}-dbf-huge", f"{stem}.dbf says two billion records",
         told("SRC110 SRC109", **near), files=little(f"{stem}.dbf", 4, 2**31 - 1))
    kind(f"shp-{stem}-dbf-record-length", f"{stem}.dbf: record length 0",
         told("SRC109 SRC110 SRC101", **near, verdicts=nobody, names=False),
         files=poke(f"{stem}.dbf", 10, b"\0\0"))


def _extra_row(plan: Base) -> None:
    sheet = plan["BHQH"]
    sheet.rows.append({**sheet.rows[0], "QHBH": "QH009"})  # a row, but no shape


def _extra_shape(plan: Base) -> None:
    plan["BHQH"].shapes.append(box(1310, 110, 1390, 190))  # type: ignore[union-attr]


kind("shp-row-without-shape", "the .dbf has a row more than the .shp (a zone QH009)",
     told("SRC110 SRC109 SRC108 GEO102", **ZONE), model=_extra_row)
kind("shp-shape-without-row", "the .shp has a zone more than the .dbf, over unit 210103-GX001",
     told("SRC110 SRC109 SRC108", **{**ZONE, "doubt": ("210103-GX001",)},
          records={"heritage_zone": 4}), model=_extra_shape)
kind("shp-only-shp", "only BHQH.shp is left",
     told("SRC104 SRC109 SRC101", file="BHQH.shp", layer="heritage_zone", doubt=CLEAR,
          verdicts={"210102-GX003": "clear"}),
     files=remove("BHQH.shx", "BHQH.dbf", "BHQH.prj", "BHQH.cpg"))
kind("shp-only-dbf", "BHQH.shp is missing, the rest is there",
     told("SRC101 SRC108 SRC109 SCH101", file="BHQH", doubt=CLEAR,
          verdicts={"210102-GX003": "clear"}), files=remove("BHQH.shp"))
kind("shp-upper", "extensions in capitals", right(),
     files=both(*(rename(f"GXDY.{e}", f"GXDY.{e.upper()}")
                  for e in ("shp", "shx", "dbf", "prj", "cpg"))))
kind("shp-mixed-case", "name of the .dbf in another case", right("SRC109", "SRC102"),
     files=rename("GXDY.dbf", "gxdy.DBF"))
kind("shp-is-text", "unit .shp is a text", told("SRC101", **UNIT),
     files=put("GXDY.shp", "请见附件\n"))
kind("shp-is-zip", "unit .shp is an archive", told("SRC101", **UNIT),
     files=put("GXDY.shp", b"PK\x03\x04" + bytes(200)))
kind("shp-is-folder", "a folder called GXDY.shp", told("SRC101 fatal notice", **UNIT),
     files=lambda plan, _c, _r: ((plan / "GXDY.shp").unlink(), (plan / "GXDY.shp").mkdir()))
kind("shp-cut-body", "bodies cut in the last record", told(BROKEN, **BODY),
     files=cut("BHDX.shp", -30))
kind("shp-cut-district", "districts cut in the last record",
     told(BROKEN, file="QX.shp", layer="district", doubt=("210103-GX001", "210103-GX003")),
     files=cut("QX.shp", -30))
kind("shp-header-district", "districts cut in the header",
     told("SRC101", file="QX.shp", layer="district", doubt=CLEAR), files=cut("QX.shp", 60))
kind("shp-header-city", "city layer cut in the header",
     told("SRC101", file="SHI.shp", layer="city", doubt=CLEAR), files=cut("SHI.shp", 60))
kind("shp-header-line", "control lines cut in the header",
     told("SRC101", file="KZX.shp", layer="control_line", doubt=CLEAR), files=cut("KZX.shp", 60))
kind("shp-header-project", "projects cut in the header",
     told("SRC101", file="GXXM.shp", layer="project", doubt=CLEAR), files=cut("GXXM.shp", 60))
kind("shp-header-building", "buildings cut in the header",
     told("SRC101", file="JZ.shp", layer="building", doubt=CLEAR), files=cut("JZ.shp", 60))
kind("shp-inspect-cut", "inspect of a plan with a cut file",
     told("", "BHQH.shp"), files=cut("BHQH.shp", 60),
     command=("inspect", "{plan}", "--lang", "zh"))
kind("shp-map-cut", "map of a plan with a cut file",
     told("", "BHQH.shp"), files=cut("BHQH.shp", 60),
     command=("map", "{plan}", "-o", "{out}/map.html", "--lang", "zh"))
kind("shp-check-cut", "check of a plan with a cut file",
     told("SRC101", "BHQH.shp"), files=cut("BHQH.shp", 60),
     command=("check", "{plan}", "--lang", "zh"))
kind("shp-folder-empty", "an empty folder", told("fatal", "plan"),
     files=lambda plan, _c, _r: [path.unlink() for path in plan.iterdir()])
kind("shp-all-cut", "every .shp cut in its header", told("fatal SRC101"),
     files=lambda plan, _c, _r: [p.write_bytes(p.read_bytes()[:40])
                                 for p in plan.glob("*.shp")])
