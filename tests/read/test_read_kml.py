from __future__ import annotations

import zipfile

import pytest
import shapely

from gisplan.errors import ReadError
from gisplan.read.formats import inner_layers, read_source
from gisplan.read.found import FAULT_EN
from gisplan.read.inspect import inspect_path
from gisplan.read.plan import read_plan
from gisplan.read.workspace import Workspace

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
RING = "123.4,41.8,0 123.5,41.8,0 123.5,41.9,0 123.4,41.8,0"
HOLE = "123.42,41.81 123.44,41.81 123.44,41.83 123.42,41.81"


def area(ring=RING, *holes):
    inner = "".join(
        f"<innerBoundaryIs><LinearRing><coordinates>{hole}</coordinates></LinearRing>"
        "</innerBoundaryIs>"
        for hole in holes
    )
    outer = f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
    return f"<Polygon>{outer}</outerBoundaryIs>{inner}</Polygon>"


def mark(shape="", name="甲", **data):
    items = "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in data.items())
    extended = f"<ExtendedData>{items}</ExtendedData>" if items else ""
    return f"<Placemark><name>{name}</name>{extended}{shape}</Placemark>"


def folder(name, *content):
    return f"<Folder><name>{name}</name>{''.join(content)}</Folder>"


def kml(*content, head=HEAD):
    inside = "".join(content)
    return f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'


def write(tmp_path, text, name="规划.kml", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def read(path, layer=None):
    with Workspace() as space:
        return read_source(path, path.parent, space, layer)


def layers(path):
    with Workspace() as space:
        return inner_layers(path, space)


def test_folders_are_layers_and_data_are_columns(tmp_path):
    path = write(
        tmp_path,
        kml(
            mark("<Point><coordinates>123,41</coordinates></Point>", name="散"),
            folder(
                "更新单元",
                mark(area(RING, HOLE), 单元编号="0102", 年份="2021"),
                mark("", name="无图形", 单元编号=""),
                folder(
                    "子", mark("<LineString><coordinates>123,41 124,42</coordinates></LineString>")
                ),
            ),
            folder("更新单元", mark(area(), name="乙", 单元编号="03")),
        ),
    )
    assert layers(path) == ["Placemarks", "更新单元", "更新单元/子"]
    found = read(path, "更新单元")
    assert (found.driver, found.crs, found.crs_is_default) == ("KML", "EPSG:4326", True)
    assert found.frame["单元编号"].tolist() == ["0102", None, "03"]
    assert found.frame["name"].tolist() == ["甲", "无图形", "乙"]
    assert found.frame.geometry.isna().tolist() == [False, True, False]
    assert len(found.frame.geometry.iloc[0].interiors) == 1
    assert FAULT_EN not in found.frame.columns
    assert read(path).frame["name"].tolist() == ["散"]


def test_columns_by_a_schema_and_shapes_of_several_kinds(tmp_path):
    data = '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="BH">007</SimpleData>'
    data += "</SchemaData></ExtendedData>"
    point = "<Point><coordinates>123,41</coordinates></Point>"
    multi = f"<MultiGeometry>{area()}{area(RING, HOLE)}</MultiGeometry>"
    mixed = f"<MultiGeometry>{area()}{point}</MultiGeometry>"
    rows = [f"<Placemark>{data}{shape}</Placemark>" for shape in (multi, mixed, point)]
    found = read(write(tmp_path, kml(*rows)))
    assert found.frame["BH"].tolist() == ["007"] * 3
    assert found.frame.geometry.geom_type.tolist() == [
        "MultiPolygon",
        "GeometryCollection",
        "Point",
    ]


def test_the_table_in_a_description_of_arcgis_is_data(tmp_path):
    inner = "".join(
        f"<tr><td>{name}</td><td>{value}</td></tr>"
        for name, value in (
            ("FID", "0"),
            ("DYBH", " 01 "),
            ("DYMC", "南市&amp;北市"),
            ("MJ", "&lt;Null&gt;"),
        )
    )
    html = f"<table><tr><td>南市</td></tr><tr><td><table>{inner}</table></td></tr></table>"
    described = f"<description><![CDATA[{html}]]></description>"
    data = '<ExtendedData><Data name="FID"><value>7</value></Data></ExtendedData>'
    one = f"<Placemark>{described}{data}{area()}</Placemark>"
    two = f"<Placemark><description>只有字，3 &lt; 4</description>{area()}</Placemark>"
    frame = read(write(tmp_path, kml(one, two))).frame
    assert list(frame.columns) == ["FID", "DYBH", "DYMC", "MJ", "description", "geometry"]
    assert frame.iloc[0, :5].tolist() == ["7", "01", "南市&北市", None, None]
    assert frame.iloc[1, :5].tolist() == [None, None, None, None, "只有字，3 < 4"]


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (area("123,41 124,41 124,42 123.5,41"), "not closed"),
        (area("123,41 124,41 123,41"), "too few points"),
        (area("123,41 124,x1 124,42 123,41"), "124,x1 are no coordinates"),
        (area("123,41 124 124,42 123,41"), "lacks longitude"),
        (area(""), "no coordinates"),
        ("<Polygon></Polygon>", "no boundary"),
        ("<Model><altitudeMode>x</altitudeMode></Model>", "kind Model"),
        ("<LineString><coordinates>123,41</coordinates></LineString>", "too few points"),
        ("<MultiGeometry>" * 3000 + "</MultiGeometry>" * 3000, "nested too deeply"),
    ],
)
def test_a_bad_placemark_costs_only_itself(tmp_path, shape, reason):
    found = read(write(tmp_path, kml(mark(shape, name="坏"), mark(area()))))
    assert len(found.frame) == 2
    assert reason in found.frame[FAULT_EN].iloc[0]
    assert found.frame[FAULT_EN].iloc[1] is None
    assert found.frame.geometry.notna().tolist() == [False, True]


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "UTF-8"])
def test_text_in_gbk_is_read_and_said_where_it_was_not_declared(tmp_path, declared):
    head = HEAD.replace("UTF-8", declared)
    found = read(
        write(tmp_path, kml(mark(area(), name="和平区更新单元"), head=head), encoding="gbk")
    )
    assert found.frame["name"].tolist() == ["和平区更新单元"]
    assert [n.kind for n in found.notes] == (["encoding_recovered"] if declared == "UTF-8" else [])


def test_metres_in_a_kml_are_no_degrees(tmp_path):
    ring = "500000,4600000 500100,4600000 500100,4600100 500000,4600000"
    assert read(write(tmp_path, kml(mark(area(ring))))).crs is None


def test_links_are_said_and_never_followed(tmp_path):
    other = write(tmp_path, kml(mark(area(), name="秘密")), name="secret.kml")
    link = f"<NetworkLink><Link><href>{other}</href></Link></NetworkLink>"
    overlay = "<GroundOverlay><Icon><href>http://127.0.0.1:9/x.png</href></Icon></GroundOverlay>"
    path = write(tmp_path, kml(link, link, overlay, mark(area())))
    found = read(path)
    assert found.frame["name"].tolist() == ["甲"]
    assert [(n.kind, n.detail["count"]) for n in found.notes] == [
        ("links_not_followed", 2),
        ("links_not_followed", 1),
    ]
    (facts,) = [f for f in inspect_path(path.parent) if f.path.startswith("规划")]
    assert any("网络链接" in note.zh for note in facts.notes)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "no KML"),
        ("PK\x03\x04", "no KML"),
        ("<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>", "no KML"),
        (HEAD + "<!-- <kml> --><OGRVRTDataSource/>", "no KML"),
        ("<kml><Document/></kml><OGRVRTDataSource/>", "broken in line 1"),
        (kml(mark(area()))[:200], "broken in line 2"),
        (HEAD + '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;</kml>', "DTD"),
        (kml(mark("&undefined;")), "broken in line"),
        (kml(), "holds no layers"),
    ],
)
def test_what_is_only_called_kml_is_refused(tmp_path, text, match):
    with pytest.raises(ReadError, match=match) as error:
        read(write(tmp_path, text, name="x.kml"))
    assert error.value.text.zh.startswith("x.kml：")


def test_an_unknown_folder_is_named_with_those_there_are(tmp_path):
    with pytest.raises(ReadError, match="there are Placemarks"):
        read(write(tmp_path, kml(mark(area()))), "没有")


def kmz(tmp_path, members, name="规划.kmz"):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as file:
        for member, text in members.items():
            file.writestr(member, text)
    return path


def test_a_kmz_is_unpacked_and_its_texts_are_layers(tmp_path):
    one = kmz(tmp_path, {"doc.kml": kml(folder("更新单元", mark(area()))), "files/a.png": "x"})
    assert layers(one) == ["更新单元"]
    found = read(one)
    assert (found.driver, found.files) == ("KMZ", (one,))
    two = kmz(
        tmp_path,
        {"a/b.kml": kml(mark(area())), "doc.kml": kml(folder("甲", mark(area())))},
        name="two.kmz",
    )
    assert layers(two) == ["doc/甲", "b"]


@pytest.mark.parametrize(
    ("members", "match"),
    [
        ({"../doc.kml": kml(mark(area()))}, "out of the archive"),
        ({"/doc.kml": kml(mark(area()))}, "out of the archive"),
        ({"doc.txt": "x"}, r"no \.kml"),
        ({"doc.kml": "<OGRVRTDataSource/>"}, "no KML"),
    ],
)
def test_a_bad_kmz_is_refused(tmp_path, members, match):
    with pytest.raises(ReadError, match=match) as error:
        read(kmz(tmp_path, members, name="x.kmz"))
    assert error.value.text.en.startswith("x.kmz: ")
    assert not (tmp_path.parent / "doc.kml").exists()


def test_a_kmz_that_is_no_archive_or_cut_is_refused(tmp_path):
    path = kmz(tmp_path, {"doc.kml": kml(mark(area()))})
    whole = path.read_bytes()
    for content in (b"", b"<kml/>", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(ReadError, match=r"规划\.kmz"):
            read(path)


def test_a_plan_of_kml_is_recognised_by_its_folders(tmp_path):
    write(
        tmp_path, kml(folder("更新单元", mark(area(), DYBH="210102-GX001", DYMC="甲", GXFS="M1")))
    )
    config, raws, _notes = read_plan(tmp_path)
    assert [(s.layer, s.path) for s in config.layers] == [("unit", "规划.kml|更新单元")]
    assert shapely.area(raws[0].frame.geometry.iloc[0]) > 0
    (tmp_path / "gisplan.toml").write_text('[layers.unit]\npath = "规划.kml|更新单元"\n', "utf-8")
    assert len(read_plan(tmp_path)[1][0].frame) == 1
