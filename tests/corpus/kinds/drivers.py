"""Files and paths that would make a driver read elsewhere, run something or open a network (42)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.corpus.base import CLEAR, plan_toml, wkt
from tests.corpus.case import Damage, Kind, either, right, told
from tests.corpus.damage import both, fill, put, remove
from tests.corpus.formats import drop_shapefile
from tests.corpus.kinds.containers import as_kml, gpkg, loaded, sql, xlsx

kind = Kind("Hostile drivers")
NOTHING = "SRC101 SCH101 notice"
VRT = ("<OGRVRTDataSource><OGRVRTLayer name='BHQH'><SrcDataSource>{source}</SrcDataSource>"
       "{more}</OGRVRTLayer></OGRVRTDataSource>")
CONTENTS = {
    "vrt-file": VRT.format(source="{outside}/secret.shp", more="<SrcLayer>secret</SrcLayer>"),
    "vrt-sql": VRT.format(source="{outside}/secret.shp",
                          more="<SrcSQL dialect='sqlite'>SELECT * FROM secret</SrcSQL>"),
    "vrt-url": VRT.format(source="{url}/zones.geojson", more=""),
    "vrt-vsicurl": VRT.format(source="/vsicurl/{url}/zones.shp", more=""),
    "gdalg": '{{"type": "gdal_streamed_alg", "command_line": '
             '"gdal vector pipeline ! read {outside}/secret.shp ! write {marker}"}}'
             .replace("{{", "{").replace("}}", "}"),
    "wfs": "<OGRWFSDataSource><URL>{url}/wfs?</URL></OGRWFSDataSource>",
    "wms": "<GDAL_WMS><Service name='WMS'><ServerUrl>{url}/wms?</ServerUrl></Service></GDAL_WMS>",
    "csv-prefix": "CSV:{outside}/secret.csv", "path": "{outside}/secret.shp",
    "vsi": "/vsizip/{outside}/secret.zip/secret.shp",
}
for what, content in CONTENTS.items():
    for ending in ("shp", "json", "gpkg") if what in ("vrt-file", "gdalg", "vrt-url") else ("shp",):
        name = f"BHQH.{ending}"
        kind(f"drv-{what}-{ending}", f"{name} is in truth {what.replace('-', ' ')}",
             told(NOTHING, file=name, doubt=CLEAR),
             files=both(lambda plan, _c, _r: drop_shapefile(plan, "BHQH"), put(name, content)))
for name, content in (
    ("BHQH.vrt", CONTENTS["vrt-file"]), ("BHQH.gdalg.json", CONTENTS["gdalg"]),
    ("BHQH.kml", CONTENTS["vrt-file"]), ("BHQH.dxf", CONTENTS["vrt-file"]),
    ("BHQH.tab", CONTENTS["vrt-file"]), ("BHQH.fgb", CONTENTS["vrt-file"]),
    ("BHQH.gml", CONTENTS["vrt-file"]), ("BHQH.csv", CONTENTS["vrt-file"]),
    ("BHQH.xlsx", CONTENTS["vrt-file"]), ("BHQH.geojson", CONTENTS["vrt-file"]),
    ("BHQH.sqlite", CONTENTS["vrt-file"]), ("BHQH.tif", CONTENTS["wms"]),
):
    kind(f"drv-named-{name}", f"a file that points elsewhere, called {name}, instead of the zones",
         told(NOTHING, file=name, doubt=CLEAR),
         files=both(lambda plan, _c, _r: drop_shapefile(plan, "BHQH"), put(name, content)))


def gdb_of(content: str) -> Damage:
    """Put a text where the folder of a File Geodatabase is expected."""
    return both(lambda plan, _c, _r: drop_shapefile(plan, "BHQH"), put("BHQH.gdb", content))


kind("drv-gdb-vrt", "BHQH.gdb is a text that points elsewhere",
     told(NOTHING, file="BHQH.gdb", doubt=CLEAR), files=gdb_of(CONTENTS["vrt-file"]))

# --- paths in gisplan.toml --------------------------------------------------------------------
for name, path in (
    ("dots", "../outside/secret.shp"), ("dots-deep", "a/../../outside/secret.shp"),
    ("absolute", "{outside}/secret.shp"), ("home", "~/secret.shp"),
    ("file", "file://{outside}/secret.shp"),
    ("http", "{url}/zones.geojson"), ("vsicurl", "/vsicurl/{url}/zones.shp"),
    ("vsizip", "/vsizip/{outside}/x.zip"), ("vsistdin", "/vsistdin/"), ("vsimem", "/vsimem/x.shp"),
    ("csv", "CSV:{outside}/secret.csv"), ("geojson", "GeoJSON:{outside}/secret.geojson"),
    ("pg", "PG:host=127.0.0.1 port=1 dbname=x"), ("wfs", "WFS:{url}/wfs"),
    ("sqlite", "SQLITE:{outside}/x.db"), ("vrt", "<OGRVRTDataSource/>"),
    ("unc", "\\\\\\\\127.0.0.1\\\\share\\\\x.shp"), ("drive", "C:\\\\x.shp"),
    ("nul", "BHQH.shp\\u0000.txt"), ("member", "plan.zip!../../outside/secret.shp"),
    ("layer-sql", "BHQH.shp|SELECT 1"), ("empty", ""), ("blank", "   "), ("folder", "."),
    ("device", "/dev/zero"), ("missing", "没有.shp"), ("wildcard", "*.shp"),
    ("env", "$HOME/secret.shp"), ("env-windows", "%USERPROFILE%/secret.shp"),
    ("newline", "BHQH.shp\\n/etc/passwd"), ("long", "x" * 5000 + ".shp"),
):
    text = plan_toml().replace("'BHQH.shp'", f'"{path}"')
    kind(f"drv-path-{name}", f"gisplan.toml names {path[:40]!r}",
         told("fatal SRC101", "gisplan.toml" if name != "missing" else None),
         files=put("gisplan.toml", text))

# --- links ------------------------------------------------------------------------------------
def linked(name: str, target: str) -> Damage:
    """Put a symbolic link in place of a file."""

    def damage(plan: Path, canaries: Any, _source: Any) -> None:
        (plan / name).unlink(missing_ok=True)
        (plan / name).symlink_to(fill(target, canaries))

    return damage


BHQH: dict[str, Any] = {"file": "BHQH", "doubt": CLEAR}
kind("drv-link-shp", "BHQH.shp is a link to a file outside", told("SRC101 SRC109 notice", **BHQH),
     files=linked("BHQH.shp", "{outside}/secret.shp"))
kind("drv-link-dbf", "BHQH.dbf is a link to a file outside",
     told("SRC101 SRC109 notice", **{**BHQH, "doubt": ()}),
     files=linked("BHQH.dbf", "{outside}/secret.dbf"))
kind("drv-link-prj", "BHQH.prj is a link to a file outside", told("SRC104 SRC109 notice", **BHQH),
     files=linked("BHQH.prj", "{outside}/secret.txt"))
kind("drv-link-cpg", "BHQH.cpg is a link to a file outside", right("SRC102", "SRC109"),
     files=linked("BHQH.cpg", "{outside}/secret.txt"))
kind("drv-link-csv", "a CSV is a link to a file outside",
     told("SRC101 notice SCH101", file="指标表.csv"),
     files=linked("指标表.csv", "{outside}/secret.csv"))
kind("drv-link-toml", "gisplan.toml is a link to a file outside",
     told("fatal", "gisplan.toml"), files=linked("gisplan.toml", "{outside}/secret.txt"))
kind("drv-link-loop", "a folder that links to itself", right("SRC101"),
     files=lambda plan, _c, _r: (plan / "再来").symlink_to(plan))
kind("drv-link-folder", "a folder that is a link to one outside",
     either("SRC101", "更多"),
     files=linked("更多", "{outside}"))
kind("drv-link-dangling", "BHQH.shp is a link to nothing", told("SRC101 SRC109 notice", **BHQH),
     files=linked("BHQH.shp", "nowhere.shp"))
kind("drv-link-zero", "a CSV is a link to /dev/zero",
     told("SRC101 notice SCH101", file="指标表.csv"),
     files=linked("指标表.csv", "/dev/zero"))
kind("drv-link-inside", "BHQH.shp is a link to another name in the folder", right(),
     files=lambda plan, _c, _r: ((plan / "BHQH.shp").rename(plan / "z.bin"),
                                 (plan / "BHQH.shp").symlink_to("z.bin")))
kind("drv-pipe", "a CSV is a pipe that nobody writes to",
     told("SRC101 notice SCH101", file="指标表.csv"),
     files=both(remove("指标表.csv"), lambda plan, _c, _r: os.mkfifo(plan / "指标表.csv")))
kind("drv-pipe-shp", "BHQH.shp is a pipe that nobody writes to",
     told("SRC101 SRC109 notice", **BHQH),
     files=both(remove("BHQH.shp"), lambda plan, _c, _r: os.mkfifo(plan / "BHQH.shp")))

# --- inside sound formats ---------------------------------------------------------------------
kind("drv-prj-url", "a .prj that is an address", told("SRC104 SRC109", "BHQH.shp", doubt=CLEAR),
     files=put("BHQH.prj", "{url}/4529.prj"))
kind("drv-prj-file", "a .prj that names a file", told("SRC104 SRC109", "BHQH.shp", doubt=CLEAR),
     files=put("BHQH.prj", "{outside}/secret.prj"))
kind("drv-prj-init", "a .prj with +init of a file", told("SRC104 SRC109", "BHQH.shp", doubt=CLEAR),
     files=put("BHQH.prj", "+init={outside}/secret.txt:1"))
kind("drv-prj-grid", "a .prj with a grid outside", told("SRC104 SRC105 SRC109 SRC108 why notice",
     "BHQH.shp", doubt=CLEAR),
     files=put("BHQH.prj", "+proj=tmerc +lon_0=123 +x_0=41500000 +nadgrids={outside}/secret.txt"))
kind("drv-prj-extension", "a .prj whose extension names a grid outside",
     either("SRC104 SRC105 SRC109 SRC108", "BHQH.shp"), files=put("BHQH.prj", wkt(4529).replace(
         'UNIT["Meter",1.0]]', 'UNIT["Meter",1.0],EXTENSION["PROJ4","+proj=tmerc '
         '+nadgrids=@{outside}/secret.txt"]]')))
for name, crs in (("url", "{url}/crs"), ("file", "{outside}/secret.prj"),
                  ("init", "+init={outside}/secret.txt:1"), ("pipeline", "+proj=pipeline +step"),
                  ("wkt-garbage", "PROJCS[oops")):
    kind(f"drv-crs-{name}", f"gisplan.toml: the CRS of a layer is {crs}",
         told("fatal", "gisplan.toml"),
         files=put("gisplan.toml", plan_toml(BHQH=f"crs = '{crs}'\n")))
kind("drv-json-crs-link", "GeoJSON whose crs is a link to an address",
     either("SRC101 SRC104 SRC105", "BHQH.geojson", doubt=()),
     files=lambda plan, c, r: loaded(lambda d: d.update(crs={"type": "link", "properties": {
         "href": f"{c.url}/crs", "type": "proj4"}}))(plan, c, r))
kind("drv-json-crs-file", "GeoJSON whose crs names a file", either("SRC101 SRC104 SRC105",
     "BHQH.geojson", doubt=()), files=lambda plan, c, r: loaded(lambda d: d.update(crs={
         "type": "name", "properties": {"name": f"{c.home}/secret.prj"}}))(plan, c, r))
kind("drv-json-vrt-inside", "GeoJSON with a VRT in a property", right(),
     files=loaded(lambda d: [f["properties"].update(x="<OGRVRTDataSource>")
                             for f in d["features"]] and None))
kind("drv-kml-xxe", "KML with an entity that is a file outside", told(NOTHING + " SRC108",
     file="BHQH.kml", doubt=CLEAR), files=lambda plan, c, r: as_kml(lambda t: t.replace(
         "<kml", f'<!DOCTYPE k [<!ENTITY x SYSTEM "file://{c.home}/secret.txt">]>\n<kml').replace(
             "老北市核心保护范围", "&x;"))(plan, c, r))
kind("drv-kml-dtd", "KML with a DTD at an address", told(NOTHING + " SRC108", file="BHQH.kml",
     doubt=CLEAR), files=lambda plan, c, r: as_kml(lambda t: t.replace(
         "<kml", f'<!DOCTYPE kml SYSTEM "{c.url}/kml.dtd">\n<kml'))(plan, c, r))
kind("drv-kml-network-link", "KML with links to an address", either(NOTHING, file="BHQH.kml",
     doubt=CLEAR), files=lambda plan, c, r: as_kml(lambda t: t.replace(
         "</Document>", f"<NetworkLink><Link><href>{c.url}/more.kml</href></Link></NetworkLink>"
         f"<Style><IconStyle><Icon><href>{c.url}/i.png</href></Icon></IconStyle></Style>"
         "</Document>"))(plan, c, r))
kind("drv-gpkg-virtual", "a GeoPackage with a virtual table over a file outside",
     either(NOTHING, **{**BHQH, "doubt": ()}), files=lambda plan, c, r: gpkg(sql(
         "BHQH.gpkg", "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES ('table', 'v',"
         f" 'v', 0, 'CREATE VIRTUAL TABLE v USING VirtualOGR(''{c.home}/secret.shp'')')"))(
             plan, c, r))
kind("drv-gpkg-load", "a GeoPackage whose view loads an extension",
     either(NOTHING, **{**BHQH, "doubt": ()}), files=gpkg(sql(
         "BHQH.gpkg", "CREATE VIEW v AS SELECT load_extension('/tmp/x.so') AS a;"
         "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
         " VALUES ('v', 'attributes', 'v', 0)")))
kind("drv-gpkg-write", "a GeoPackage with a view that writes a file",
     either(NOTHING, **{**BHQH, "doubt": ()}), files=lambda plan, c, r: gpkg(sql(
         "BHQH.gpkg", f"CREATE VIEW v AS SELECT writefile('{c.marker}', 'x') AS a, * FROM BHQH;"
         "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
         " VALUES ('v', 'attributes', 'v', 0)"))(plan, c, r))
kind("drv-xlsx-external", "a workbook with a formula over another file",
     told("SCH103 SCH104 IND101 IND103 notice", layer=None),
     files=lambda plan, c, r: xlsx(lambda b: b.active.__setitem__(
         "H4", f"='file://{c.home}/[secret.xlsx]x'!A1"))(plan, c, r))
kind("drv-xlsx-webservice", "a workbook with WEBSERVICE and HYPERLINK", either(
     "SCH103 SCH104 IND101 IND103"), files=lambda plan, c, r: xlsx(lambda b: b.active.__setitem__(
         "D4", f'=HYPERLINK("{c.url}", WEBSERVICE("{c.url}"))'))(plan, c, r))
kind("drv-mid-only", "a .mif that names another file", told(NOTHING, file="BHQH.mif", doubt=CLEAR),
     files=both(lambda plan, _c, _r: drop_shapefile(plan, "BHQH"), put("BHQH.mif",
         'Version 300\nCharset "{outside}/secret.txt"\nDelimiter ","\nCoordSys Earth '
         'Projection 1, 0\nColumns 1\n  a Char(9)\nData\n\nRegion 1\n  3\n0 0\n1 1\n')))
kind("drv-tab-raster", "a .tab that names a raster outside", told(NOTHING, file="BHQH.tab",
     doubt=CLEAR), files=both(lambda plan, _c, _r: drop_shapefile(plan, "BHQH"), put("BHQH.tab",
         '!table\n!version 300\nDefinition Table\n  File "{outside}/secret.txt"\n'
         '  Type "RASTER"\n')))
kind("drv-tab-dbf", "a .tab that names a .dbf outside", told(NOTHING, file="BHQH.tab",
     doubt=CLEAR), files=both(lambda plan, _c, _r: drop_shapefile(plan, "BHQH"), put("BHQH.tab",
         '!table\n!version 300\nDefinition Table\n  File "{outside}/secret.dbf"\n  Type DBF\n'
         "  Fields 1\n    DYMC Char (20) ;\n")))
kind("drv-qix", "an index of garbage beside the shapefile", right(),
     files=both(put("BHQH.qix", bytes(range(256)) * 4), put("BHQH.sbn", bytes(range(256)) * 4)))
kind("drv-idm", "an attribute index that names another file", right(),
     files=put("BHQH.idm", "<OGRMILayerAttrIndex><MIIDFilename>{outside}/secret.txt</MIIDFilename>"
               "</OGRMILayerAttrIndex>"))
kind("drv-stdin", "the plan is /vsistdin/", told("fatal"), plan="/vsistdin/")
kind("drv-plan-url", "the plan is an address", told("fatal"),
     command=("review", "{url}/plan.zip", "-o", "{out}", "--lang", "zh"))
kind("drv-plan-vsicurl", "the plan is an address of GDAL", told("fatal"),
     command=("review", "/vsicurl/{url}/plan.zip", "-o", "{out}", "--lang", "zh"))
kind("drv-plan-vrt", "the plan is a VRT", told("fatal", "plan.vrt"), plan="plan/plan.vrt",
     files=put("plan.vrt", CONTENTS["vrt-file"]))
kind("drv-config-outside", "a --config that names a file outside",
     told("fatal", "config.toml"),
     files=lambda plan, c, _r: (plan.parent / "config.toml").write_text(
         f"[[layers.unit]]\npath = '{c.home}/secret.shp'\n"),
     command=("review", "{plan}", "-o", "{out}", "--lang", "zh",
              "--config", "{plan}/../config.toml"))
