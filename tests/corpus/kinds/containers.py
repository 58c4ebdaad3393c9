"""GeoPackage, File Geodatabase, GeoJSON, KML, DXF, CSV and the like, sound and broken (80)."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.corpus.base import CLEAR, Sheet, sound, write_csv
from tests.corpus.case import CHECK, Damage, Kind, either, right, told
from tests.corpus.damage import both, put
from tests.corpus.formats import drop_shapefile, geojson, write_gdal, write_gpkg
from tests.corpus.shapefile import Field

kind = Kind("Containers", CHECK)
LOST = "SRC101 SRC104 SRC108 SRC110 SCH101 GEO102 GEO101"


def place(file: str, layer: str = "heritage_zone") -> dict[str, Any]:
    """Return which file must be named, and that no unit is clear without it."""
    return {"file": file, "layer": layer, "doubt": CLEAR}


def instead(stem: str, name: str, write: Callable[[Path, Sheet], object],
            *more: Damage) -> Damage:
    """Hand in one layer in another format, then damage it."""

    def damage(plan: Path, canaries: Any, source: Any) -> None:
        drop_shapefile(plan, stem)
        write(plan / name, sound()[stem])
        for one in more:
            one(plan, canaries, source)

    return damage


def bytes_of(change: Callable[[bytes], bytes], name: str) -> Damage:
    """Change the bytes of a file."""

    def damage(plan: Path, _canaries: Any, _source: Any) -> None:
        (plan / name).write_bytes(change((plan / name).read_bytes()))

    return damage


def sql(name: str, script: str) -> Damage:
    """Run SQL in a database."""

    def damage(plan: Path, _canaries: Any, _source: Any) -> None:
        with contextlib.closing(sqlite3.connect(plan / name)) as base:
            base.executescript(script)

    return damage


# --- GeoPackage -------------------------------------------------------------------------------
def gpkg(*more: Damage) -> Damage:
    """Hand in the zones as a GeoPackage, then damage it."""
    return instead("BHQH", "BHQH.gpkg", lambda path, sheet: write_gpkg(path, {"BHQH": sheet}),
                   *more)


G = place("BHQH.gpkg")
kind("con-gpkg", "zones as GeoPackage", right(), files=gpkg())
kind("con-gpkg-old", "a GeoPackage of version 1.0", right(),
     files=gpkg(sql("BHQH.gpkg", "PRAGMA application_id = 1196437808; PRAGMA user_version = 0")))
kind("con-gpkg-new", "a GeoPackage of a version to come", right(),
     files=gpkg(sql("BHQH.gpkg", "PRAGMA user_version = 10900")))
kind("con-gpkg-no-id", "a GeoPackage without its application id", right(),
     files=gpkg(sql("BHQH.gpkg", "PRAGMA application_id = 0")))
for name, script in (
    ("no-contents", "DROP TABLE gpkg_contents"), ("no-srs", "DROP TABLE gpkg_spatial_ref_sys"),
    ("no-columns", "DROP TABLE gpkg_geometry_columns"),
    ("contents-empty", "DELETE FROM gpkg_contents"),
    ("columns-empty", "DELETE FROM gpkg_geometry_columns"),
    ("srs-empty", "DELETE FROM gpkg_spatial_ref_sys"),
    ("srs-unknown", "UPDATE gpkg_geometry_columns SET srs_id = 777777"),
    ("srs-undefined", ("UPDATE gpkg_geometry_columns SET srs_id = -1;"
                       "UPDATE gpkg_contents SET srs_id = -1")),
    ("srs-garbage", ("UPDATE gpkg_spatial_ref_sys SET definition = 'GEOGCS[oops',"
                     " organization = 'X', organization_coordsys_id = 1 WHERE srs_id = 4529")),
    ("table-gone", 'DROP TABLE "BHQH"'), ("column-gone", 'ALTER TABLE "BHQH" RENAME geom TO form'),
    ("type-lies", "UPDATE gpkg_geometry_columns SET geometry_type_name = 'POINT'"),
    ("data-type", "UPDATE gpkg_contents SET data_type = 'tiles'"),
    ("extent-lies", "UPDATE gpkg_contents SET min_x=0, min_y=0, max_x=1, max_y=1"),
    ("date-bad", "UPDATE gpkg_contents SET last_change = 'yesterday'"),
    ("text-in-number", "UPDATE BHQH SET GDKZ = 'eighteen' WHERE fid = 2"),
    ("blob-text", "UPDATE BHQH SET geom = 'POLYGON((0 0,1 0,1 1,0 0))' WHERE fid = 2"),
    ("blob-empty", "UPDATE BHQH SET geom = x'' WHERE fid = 2"),
    ("blob-cut", "UPDATE BHQH SET geom = substr(geom, 1, 60) WHERE fid = 2"),
    ("blob-head", "UPDATE BHQH SET geom = substr(geom, 1, 8) WHERE fid = 2"),
    ("blob-magic", "UPDATE BHQH SET geom = x'5858' || substr(geom, 3) WHERE fid = 2"),
    ("blob-garbage", "UPDATE BHQH SET geom = randomblob(90) WHERE fid = 2"),
    ("blob-huge", ("UPDATE BHQH SET geom = CAST(substr(geom,1,8) || x'0103000000FFFFFF7F'"
                   " AS BLOB) WHERE fid = 2")),
    ("fid-gaps", "UPDATE BHQH SET fid = fid * 1000000007"),
    ("fid-negative", "UPDATE BHQH SET fid = -fid"),
):
    sure = name.startswith("blob") or name in ("table-gone", "text-in-number", "srs-undefined",
                                               "srs-garbage", "srs-unknown")
    expect = (told if sure else either)(LOST + " SRC104 SRC105 SCH103 GEO109 notice", **(
        {**G, "doubt": ()} if name == "text-in-number" else G))
    if name in ("fid-gaps", "fid-negative", "extent-lies", "date-bad"):
        expect = right()
    kind(f"con-gpkg-{name}", f"GeoPackage: {name.replace('-', ' ')}", expect,
         files=gpkg(sql("BHQH.gpkg", script)))
for name, change in (
    ("empty", lambda d: b""), ("head", lambda d: d[:50]), ("page", lambda d: d[:4096]),
    ("half", lambda d: d[: len(d) // 2]), ("last-page", lambda d: d[:-4096]),
    ("byte", lambda d: d[:-1]), ("magic", lambda d: b"SQLite format 4\0" + d[16:]),
    ("page-size", lambda d: d[:16] + b"\x03\x33" + d[18:]),
    ("garbage-page", lambda d: d[:-4096] + bytes(range(256)) * 16),
    ("garbage-second", lambda d: d[:4096] + bytes(range(256)) * 16 + d[8192:]),
    ("zeros", lambda d: d[:100] + bytes(len(d) - 100)),
    ("is-text", lambda d: "这不是数据库\n".encode() * 20),
    ("is-zip", lambda d: b"PK\3\4" + bytes(300)),
    ("twice", lambda d: d + d),
):
    kind(f"con-gpkg-{name}", f"GeoPackage: {name.replace('-', ' ')}",
         either(LOST, **G) if name in ("twice", "byte") else told(LOST + " fatal", **G),
         files=gpkg(bytes_of(change, "BHQH.gpkg")))
kind("con-gpkg-two", "zones and bodies in one GeoPackage", right(),
     files=both(instead("BHQH", "heritage.gpkg", lambda p, s: None),
                instead("BHDX", "heritage.gpkg", lambda p, _s: write_gpkg(
                    p, {"BHQH": sound()["BHQH"], "BHDX": sound()["BHDX"]}))))
kind("con-gpkg-all", "the whole plan as one GeoPackage", right(), plan="plan/plan.gpkg",
     files=lambda plan, _c, _r: write_gpkg(plan / "plan.gpkg", sound().sheets))
kind("con-gpkg-all-cut", "the whole plan as one GeoPackage that is cut",
     told(LOST + " fatal", "plan.gpkg"), plan="plan/plan.gpkg",
     files=lambda plan, _c, _r: (write_gpkg(plan / "plan.gpkg", sound().sheets),
                                 bytes_of(lambda d: d[:9000], "plan.gpkg")(plan, _c, _r)))
kind("con-gpkg-no-layer", "a GeoPackage without a layer", told(LOST + " fatal", "plan.gpkg"),
     plan="plan/plan.gpkg", files=lambda plan, _c, _r: write_gpkg(plan / "plan.gpkg", {}))
kind("con-gpkg-missing", "a GeoPackage that is not there", told("fatal", "nothing.gpkg"),
     plan="plan/nothing.gpkg")
kind("con-gpkg-quote", "a layer whose name holds quotes and SQL", right(), files=instead(
     "BHQH", "zones.gpkg", lambda p, s: write_gpkg(p, {'BHQH\'; DROP TABLE x;--': s})))
kind("con-gpkg-wal", "a GeoPackage whose last changes stand in a -wal file", right(), files=gpkg(
     lambda plan, _c, _r: _wal(plan / "BHQH.gpkg")))
kind("con-gpkg-journal", "a GeoPackage with a journal of garbage",
     either(LOST, **G), files=gpkg(put("BHQH.gpkg-journal", bytes(range(256)) * 4)))
kind("con-gpkg-trigger", "a GeoPackage with triggers and a view over it",
     either("SCH105 notice GEO105", **{**G, "doubt": ()}, records={"heritage_list": 5}),
     files=gpkg(sql("BHQH.gpkg", "CREATE TRIGGER t BEFORE INSERT ON BHQH BEGIN SELECT 1; END;"
                    "CREATE VIEW v AS SELECT * FROM BHQH")))


def _wal(path: Path) -> None:
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA wal_autocheckpoint = 0")
    base.execute("UPDATE BHQH SET MC = MC")
    base.commit()
    sides = {end: path.with_name(path.name + end).read_bytes() for end in ("-wal", "-shm")}
    base.close()
    path.with_name(path.name + "-wal").write_bytes(sides["-wal"])


# --- GeoJSON ----------------------------------------------------------------------------------
def as_json(change: Callable[[str], str | bytes] = lambda text: text) -> Damage:
    """Hand in the zones as GeoJSON, its text changed."""

    def write(path: Path, sheet: Sheet) -> None:
        made = change(geojson(sheet))
        path.write_bytes(made.encode() if isinstance(made, str) else made)

    return instead("BHQH", "BHQH.geojson", write)


def loaded(change: Callable[[dict[str, Any]], Any]) -> Damage:
    """Hand in the zones as GeoJSON, its document changed."""

    def change_text(text: str) -> str:
        document = json.loads(text)
        changed = change(document)
        return json.dumps(document if changed is None else changed, ensure_ascii=False)

    return as_json(change_text)


J = place("BHQH.geojson")
kind("con-json", "zones as GeoJSON", right(), files=as_json())
kind("con-json-bom", "GeoJSON with a byte order mark", right(),
     files=as_json(lambda t: "\ufeff" + t))
kind("con-json-gbk", "GeoJSON in GBK", right("SRC102"), files=as_json(lambda t: t.encode("gbk")))
kind("con-json-utf16", "GeoJSON in UTF-16", either(LOST + " SRC102", **J),
     files=as_json(lambda t: t.encode("utf-16")))
for name, change in (
    ("empty", lambda t: ""), ("blank", lambda t: "  \n"), ("cut", lambda t: t[: len(t) // 2]),
    ("cut-last", lambda t: t[:-3]), ("comma", lambda t: t[:-1] + ",}"),
    ("comment", lambda t: t.replace("{", "{ // zones\n", 1)),
    ("quotes", lambda t: t.replace('"', "'")), ("word", lambda t: "null"),
    ("object", lambda t: "{}"), ("list", lambda t: "[]"), ("number", lambda t: "42"),
    ("no-features", lambda t: '{"type":"FeatureCollection"}'),
    ("features-null", lambda t: '{"type":"FeatureCollection","features":null}'),
    ("features-object", lambda t: '{"type":"FeatureCollection","features":{}}'),
    ("features-empty", lambda t: '{"type":"FeatureCollection","features":[]}'),
    ("deep", lambda t: "[" * 200_000), ("deep-object", lambda t: '{"type":' * 100_000),
    ("html", lambda t: "<html><body>403</body></html>"),
    ("topojson", lambda t: '{"type":"Topology","objects":{},"arcs":[]}'),
):
    kind(f"con-json-{name}", f"GeoJSON: {name.replace('-', ' ')}",
         (either if name in ("comma", "comment") else told)(LOST + " notice", **J),
         files=as_json(change))
kind("con-json-nan", "GeoJSON with the word NaN for a number",
     either(LOST + " SCH103", **{**J, "doubt": ()}),
     files=as_json(lambda t: t.replace('"GDKZ": 18.0', '"GDKZ": NaN', 1)))
kind("con-json-coordinate-nan", "GeoJSON with NaN as a coordinate", told(LOST, **J),
     files=loaded(lambda d: d["features"][1]["geometry"]["coordinates"][0].insert(
         1, [float("nan"), float("nan")])))
kind("con-json-null-feature", "GeoJSON with a feature that is null", told(LOST + " notice", **J,
     records={"heritage_zone": 3}), files=loaded(lambda d: d["features"].__setitem__(1, None)))
kind("con-json-text-feature", "GeoJSON with a text among its features", told(LOST + " notice", **J),
     files=loaded(lambda d: d["features"].__setitem__(1, "zone")))
kind("con-json-no-properties", "GeoJSON with a feature without properties",
     told("SCH104", layer="heritage_zone", verdicts={"210102-GX003": "undetermined"}),
     files=loaded(lambda d: d["features"][1].pop("properties")))
kind("con-json-no-geometry", "GeoJSON with a feature without geometry", told(LOST, **J),
     files=loaded(lambda d: d["features"][1].pop("geometry")))
kind("con-json-mixed-keys", "GeoJSON whose features have different properties", right(),
     files=loaded(lambda d: [f["properties"].pop("PZRQ") for f in d["features"][:2]] and None))
kind("con-json-nested", "GeoJSON with objects in its properties", right(),
     files=loaded(lambda d: [f["properties"].update(更多={"a": [1, {"b": 2}]})
                             for f in d["features"]] and None))
kind("con-json-key-twice", "GeoJSON with a key twice",
     either(LOST + " SCH105 SCH107", **{**J, "doubt": ()}),
     files=as_json(lambda t: t.replace('"QHBH": "QH002"', '"QHBH": "QH001", "QHBH": "QH002"')))
kind("con-json-single", "GeoJSON that is one feature", right(
     findings=False, records={"heritage_zone": 1},
     verdicts={"210102-GX003": "clear"}), files=loaded(lambda d: d["features"][0]))
kind("con-json-lines", "GeoJSON with a feature on each line",
     either(LOST + " notice", **J), files=as_json(
         lambda t: "\n".join(json.dumps(f, ensure_ascii=False) for f in json.loads(t)["features"])))
kind("con-json-metres", "GeoJSON in metres without a word of it", told("SRC104 SRC105", **J),
     files=instead("BHQH", "BHQH.geojson", lambda p, s: p.write_text(_metres(s), "utf-8")))
kind("con-json-crs-metres", "GeoJSON in metres with the old crs member", right(),
     files=instead("BHQH", "BHQH.geojson", lambda p, s: p.write_text(
         _metres(s, "urn:ogc:def:crs:EPSG::4529"), "utf-8")))
kind("con-json-crs-unknown", "GeoJSON with a crs member that does not exist",
     told("SRC104 SRC105 SRC101", **J),
     files=instead("BHQH", "BHQH.geojson", lambda p, s: p.write_text(
         _metres(s, "urn:ogc:def:crs:EPSG::999999"), "utf-8")))
kind("con-json-surrogate", "GeoJSON with half a character in a name",
     either("SRC103 SRC101", **{**J, "doubt": ()}),
     files=as_json(lambda t: t.replace("老北市核心", "老北市\\ud800核心")))
kind("con-json-nul", "GeoJSON with a NUL in a name", either("SRC103 SRC101", **{**J, "doubt": ()}),
     files=as_json(lambda t: t.replace("老北市核心", "老北市\\u0000核心")))
kind("con-json-esri", "ArcGIS JSON instead of GeoJSON", either(LOST + " notice", **J),
     files=as_json(lambda t: json.dumps({"geometryType": "esriGeometryPolygon",
         "spatialReference": {"wkid": 4490}, "features": [
             {"attributes": f["properties"], "geometry": {"rings": f["geometry"]["coordinates"]}}
             for f in json.loads(t)["features"]]}, ensure_ascii=False)))
kind("con-json-bigint", "GeoJSON with a code of 40 digits as a number",
     either("SCH103 SCH106 SRC101", **{**J, "doubt": ()}),
     files=as_json(lambda t: t.replace('"QH002"', "1234567890123456789012345678901234567890")))


def _metres(sheet: Sheet, crs: str | None = None) -> str:
    features = [{"type": "Feature", "properties": row, "geometry":
                 {"type": "Polygon", "coordinates": shape}}
                for row, shape in zip(sheet.rows, sheet.shapes or [], strict=True)]
    document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(document, ensure_ascii=False)


# --- KML --------------------------------------------------------------------------------------
def kml_text(sheet: Sheet) -> str:
    """Return a sheet as KML with its columns as ExtendedData."""
    marks = []
    for feature in json.loads(geojson(sheet))["features"]:
        data = "".join(f'<Data name="{k}"><value>{v}</value></Data>'
                       for k, v in feature["properties"].items())
        ring = " ".join(f"{x},{y}" for x, y in feature["geometry"]["coordinates"][0])
        marks.append(f"<Placemark><name>{feature['properties']['MC']}</name>"
                     f"<ExtendedData>{data}</ExtendedData><Polygon><outerBoundaryIs><LinearRing>"
                     f"<coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
                     "</Placemark>")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
            f"<Document>{''.join(marks)}</Document></kml>")


def as_kml(change: Callable[[str], str | bytes] = lambda text: text, name: str = "BHQH.kml"
           ) -> Damage:
    """Hand in the zones as KML, its text changed."""

    def write(path: Path, sheet: Sheet) -> None:
        made = change(kml_text(sheet))
        path.write_bytes(made.encode() if isinstance(made, str) else made)

    return instead("BHQH", name, write)


LAUGHS = '<!DOCTYPE k [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)) + "]>\n"
K = place("BHQH.kml")
KMZ = place("BHQH.kmz")
kind("con-kml", "zones as KML", either("notice SRC101", **K), files=as_kml())
for name, change in (
    ("empty", lambda t: ""), ("cut", lambda t: t[: len(t) // 2]),
    ("unclosed", lambda t: t.replace("</Placemark>", "", 1)),
    ("laughs", lambda t: t.replace("<kml", LAUGHS + "<kml").replace("老北市核心保护范围", "&j;")),
    ("coordinates-text", lambda t: t.replace("<coordinates>", "<coordinates>x,y ", 1)),
    ("coordinates-empty",
     lambda t: t[: t.index("<coordinates>") + 13] + t[t.index("</coordinates>"):]),
    ("no-marks", lambda t: '<kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>'),
    ("html", lambda t: "<html><body>403</body></html>"), ("deep", lambda t: "<a>" * 100_000),
):
    kind(f"con-kml-{name}", f"KML: {name.replace('-', ' ')}", told(LOST + " notice", **K),
         files=as_kml(change))
kind("con-kml-gbk", "KML in GBK that says so", either(LOST + " SRC102 notice", **K),
     files=as_kml(lambda t: t.replace("UTF-8", "GBK").encode("gbk")))
kind("con-kml-gbk-lies", "KML in GBK that says UTF-8", either(LOST + " SRC102 notice", **K),
     files=as_kml(lambda t: t.encode("gbk")))
kind("con-kml-no-namespace", "KML without its namespace", either(LOST + " notice", **K),
     files=as_kml(lambda t: t.replace(' xmlns="http://www.opengis.net/kml/2.2"', "")))


def _kmz(text: str, member: str = "doc.kml") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(member, text)
    return buffer.getvalue()


kind("con-kmz", "zones as KMZ", either("notice SRC101", **KMZ), files=as_kml(_kmz, "BHQH.kmz"))
kind("con-kmz-slip", "KMZ whose member leads out of it", told(LOST + " notice", **KMZ),
     files=as_kml(lambda t: _kmz(t, "../../outside/doc.kml"), "BHQH.kmz"))
kind("con-kmz-cut", "KMZ cut in half", told(LOST + " notice", **KMZ),
     files=as_kml(lambda t: _kmz(t)[:400], "BHQH.kmz"))


# --- CSV and XLSX as layers -------------------------------------------------------------------
def csv_layer(change: Callable[[str], str] = lambda text: text) -> Damage:
    """Hand in the zones as CSV with a column of WKT."""

    def write(path: Path, sheet: Sheet) -> None:
        sheet.fields.append(Field("WKT", "C", 200))
        for row, shape in zip(sheet.rows, sheet.shapes or [], strict=True):
            ring = ", ".join(f"{x} {y}" for x, y in shape[0])
            row["WKT"] = f"POLYGON (({ring}))"
        write_csv(path, sheet)
        path.write_text(change(path.read_text("utf-8-sig")), encoding="utf-8")

    return instead("BHQH", "BHQH.csv", write)


C = place("BHQH.csv")
kind("con-csv-wkt", "zones as CSV with a column of WKT", either("SRC104 notice", **C),
     files=csv_layer())
kind("con-csv-wkt-cut", "CSV with WKT cut in a row", told(LOST + " SRC104", **C),
     files=csv_layer(lambda t: t.replace("))", "", 1)))
kind("con-csv-wkt-text", "CSV with a word for WKT in a row", told(LOST + " SRC104 notice", **C),
     files=csv_layer(lambda t: t.replace("POLYGON", "图形见附件", 1)))
kind("con-csv-wkt-srid", "CSV with WKT that says its SRID", either("SRC104 notice", **C),
     files=csv_layer(lambda t: t.replace("POLYGON", "SRID=4529;POLYGON")))


def xlsx_bytes(sheet: Sheet, edit: Callable[[Any], None] = lambda book: None) -> bytes:
    """Return a table as a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    page.title = "指标表"
    page.append([f.name for f in sheet.fields])
    for row in sheet.rows:
        page.append([row.get(f.name) for f in sheet.fields])
    edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xlsx(edit: Callable[[Any], None] = lambda book: None,
         change: Callable[[bytes], bytes] = lambda data: data, name: str = "指标表.xlsx") -> Damage:
    """Hand in the indicator table as a workbook."""

    def damage(plan: Path, _canaries: Any, _source: Any) -> None:
        (plan / "指标表.csv").unlink()
        (plan / name).write_bytes(change(xlsx_bytes(sound()["指标表"], edit)))

    return damage


def inside(member: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Change one member of a workbook."""

    def changed(data: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
            for one in old.namelist():
                content = old.read(one)
                new.writestr(one, change(content) if one == member else content)
        return buffer.getvalue()

    return changed


X: dict[str, Any] = {"file": "指标表.xlsx", "layer": "indicator"}
SHEET = "xl/worksheets/sheet1.xml"
kind("con-xlsx", "indicator table as a workbook", right(), files=xlsx())
kind("con-xlsx-title", "a workbook with a merged title above its header",
     either("notice SRC101 SCH102", **X), files=xlsx(lambda b: (b.active.insert_rows(1),
     b.active.__setitem__("A1", "和平区指标表"), b.active.merge_cells("A1:J1"))))
kind("con-xlsx-hidden", "a workbook whose table is on a hidden sheet",
     either("notice SRC101", **X), files=xlsx(lambda b: (b.create_sheet("说明"),
     setattr(b["指标表"], "sheet_state", "hidden"))))
kind("con-xlsx-formula", "a workbook with formulas never computed",
     told("SCH103 SCH104 IND101 IND103 notice SRC101", **X),
     files=xlsx(lambda b: b.active.__setitem__("H4", "=50*2")))
kind("con-xlsx-error", "a workbook with #REF! as a target", told("SCH103", **X),
     files=xlsx(lambda b: b.active.__setitem__("H4", "#REF!")))
kind("con-xlsx-text-number", "a workbook with numbers as text", right(),
     files=xlsx(lambda b: b.active.__setitem__("H4", "100")))
kind("con-xlsx-empty", "a workbook without a cell", told("notice SRC101", **X),
     files=xlsx(lambda b: b.active.delete_rows(1, 99)))
for name, change in (
    ("zero", lambda d: b""), ("cut", lambda d: d[: len(d) // 2]), ("text", lambda d: b"a,b\n1,2\n"),
    ("xls", lambda d: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    ("no-sheet", inside(SHEET, lambda d: b"")), ("sheet-cut", inside(SHEET, lambda d: d[:200])),
    ("sheet-garbage", inside(SHEET, lambda d: b"<worksheet><sheetData><row><c t='s'><v>99999</v>")),
    ("workbook-gone", inside("xl/workbook.xml", lambda d: b"")),
    ("laughs", inside(SHEET, lambda d: b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b '
                      b'"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>' + d.replace(b"ZB01", b"&b;"))),
):
    kind(f"con-xlsx-{name}", f"workbook: {name.replace('-', ' ')}", told("SRC101 notice", **X),
         files=xlsx(change=change))
kind("con-xlsx-far-cell", "a workbook with a cell in the last row and column",
     either("SRC101 SRC108 SCH103 SCH104 SCH107 LST102 notice", **X),
     files=xlsx(lambda b: b.active.__setitem__("XFD1048576", "x")), limit=60)
kind("con-xlsm", "a workbook with the ending of one with macros", either("notice SRC101",
     file="指标表.xlsm", layer=None), files=xlsx(name="指标表.xlsm"))

# --- others -----------------------------------------------------------------------------------
GDAL_FORMATS = (
    ("fgb", "FlatGeobuf", "BHQH.fgb", {}), ("mif", "MapInfo File", "BHQH.mif", {"FORMAT": "MIF",
     "ENCODING": "UTF-8"}), ("tab", "MapInfo File", "BHQH.tab", {"ENCODING": "UTF-8"}),
    ("gdb", "OpenFileGDB", "BHQH.gdb", {}), ("gml", "GML", "BHQH.gml", {}),
    ("dxf", "DXF", "BHQH.dxf", {}), ("sqlite", "SQLite", "BHQH.sqlite", {}),
)


def gdal(name: str, driver: str, options: dict[str, str], *more: Damage) -> Damage:
    """Hand in the zones as GDAL writes them."""

    def write(path: Path, sheet: Sheet) -> None:
        if driver == "DXF":
            sheet.rows = [{"Layer": f"BHQH_{n}"} for n in range(3)]
        write_gdal(path, sheet, driver, **({"layer": "BHQH"} if driver == "OpenFileGDB" else {}),
                   **options)

    return instead("BHQH", name, write, *more)


for short, driver, name, options in GDAL_FORMATS:
    kind(f"con-{short}", f"zones as {driver} ({name})", either(
         "notice SRC101 SRC104 SRC108 SCH102 GEO109 SCH101", file=name, doubt=CLEAR),
         files=gdal(name, driver, options))
    if short == "gdb":
        continue
    for what, change in (("cut", lambda d: d[: len(d) // 2]), ("head", lambda d: d[:20]),
                         ("empty", lambda d: b""), ("garbage", lambda d: bytes(range(256)) * 8)):
        kind(f"con-{short}-{what}", f"{name}: {what}", told(
             "notice SRC101 SRC104 SRC108 SRC110 SCH102 GEO109", file=name, doubt=CLEAR),
             files=gdal(name, driver, options, bytes_of(change, name)))


def in_gdb(change: Callable[[Path], object]) -> Damage:
    """Hand in the zones as a File Geodatabase, then damage it."""
    return gdal("BHQH.gdb", "OpenFileGDB", {}, lambda plan, _c, _r: change(plan / "BHQH.gdb"))


def _largest(folder: Path) -> Path:
    return max(folder.glob("*.gdbtable"), key=lambda p: (p.name > "a00000008", p.name))


D = place("BHQH.gdb")
for name, change in (
    ("no-catalogue", lambda p: (p / "a00000001.gdbtable").unlink()),
    ("catalogue-cut", lambda p: (p / "a00000001.gdbtable").write_bytes(b"\3\0\0\0")),
    ("table-gone", lambda p: _largest(p).unlink()),
    ("table-cut", lambda p: _largest(p).write_bytes(_largest(p).read_bytes()[:-90])),
    ("table-garbage", lambda p: _largest(p).write_bytes(bytes(range(256)) * 8)),
    ("index-gone", lambda p: _largest(p).with_suffix(".gdbtablx").unlink()),
    ("index-garbage", lambda p: _largest(p).with_suffix(".gdbtablx").write_bytes(b"\xff" * 64)),
    ("empty", lambda p: [one.unlink() for one in p.iterdir()]),
    ("is-file", lambda p: (shutil.rmtree(p), p.write_bytes(b"gdb"))),
):
    kind(f"con-gdb-{name}", f"File Geodatabase: {name.replace('-', ' ')}",
         told("SRC101 SRC108 SRC110 notice", **D), files=in_gdb(change))
for name, content, what in (
    ("方案.dwg", b"AC1032" + bytes(200), "an AutoCAD drawing"),
    ("附件.rar", b"Rar!\x1a\x07\x01\x00" + bytes(80), "a RAR archive"),
    ("附件.7z", b"7z\xbc\xaf\x27\x1c" + bytes(80), "a 7z archive"),
    ("单元.mdb", b"\0\1\0\0Standard Jet DB" + bytes(200), "an Access database"),
    ("指标.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old workbook"),
    ("单元.shp.xml", b"<metadata/>", "metadata of ArcGIS"), ("说明.docx", b"PK\3\4", "a document"),
    ("总图.pdf", b"%PDF-1.7", "a PDF"), ("底图.tif", b"II*\0" + bytes(60), "a raster"),
    ("底图.ecw", bytes(60), "an ECW raster"), ("Thumbs.db", bytes(60), "a file of Windows"),
    (".DS_Store", bytes(60), "a file of macOS"), ("~$指标表.xlsx", bytes(165), "a lock of Excel"),
    ("GXDY.shp.lock", b"", "a lock of ArcGIS"), ("GXDY.sbn", bytes(60), "an index of ArcGIS"),
):
    kind(f"con-beside-{name}", f"{what} beside the layers ({name})",
         right("SRC101") if name[0] != "附" else either("notice SRC101", file=name),
         files=put(name, content))
kind("con-beside-old-result", "files with the names of results in the plan's folder",
     either("SRC101", "findings.gpkg"),
     files=both(put("findings.json", "{}"), put("map.html", "<html></html>"),
                put("findings.gpkg", b"x"), put("findings.xlsx", b"x")))
