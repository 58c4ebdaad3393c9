"""Any encoding, any companion missing, any CRS: the same plan, or a difference that is said."""

from __future__ import annotations

import random

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplan.errors import ReadError
from gisplan.pipeline import open_plan
from gisplan.read.encoding import choose
from gisplan.render.shapefile import write_shapefile

EAST, NORTH = 41_533_000.0, 4_629_000.0
NAMES = [
    "铁西老厂更新单元",
    "中山路历史文化街区",
    "䶮湖片区",
    "北陵公园周边",
    "和平里",
    "沈河小南街",
]
MODES = ["综合整治", "拆除重建", "保护修缮", "综合整治", "拆除重建", "功能改变"]
COUNT = len(NAMES)
# Names that are in no list of ours: counties of Anhui, and hanzi that are seldom used.
LINES = """霍邱 歙县 黟县 亳州 涡阳 濉溪 泗县 砀山 颍上 桐城 枞阳 潜山 岳西 蚌埠 滁州 繁昌 含山 蒙城
佟佳江 饕餮巷 瀑雅居 翡翠湾 曦岸 鑫淼园 沁芳里 郦景 锦绣澜湾 琥珀城 氿里 龑府 骊山 珲春路 鹭岛 邺城
魁星楼 石棚山 绕阳河 巨流河 大凌河 医巫闾山 笔架山 棋盘山 千朵莲花山 凤凰楼 崇政殿 萃升书院 奉天驿
张作霖 溥仪 故居 旧址 碉堡 水塔 机车库 俱乐部 教堂 清真寺 文庙 烈士陵园 纪念碑 烟囱 厂房 牌坊"""
WORDS = LINES.split()
# What a missing file, or one that lies, must be told by; any of them.
SAID = {
    ".cpg": {"encoding_recovered"},
    ".prj": {"crs_missing"},
    ".shx": {"companion_missing"},
    ".dbf": {"companion_missing"},
}
CPGS = [None, "UTF-8", "GBK", "936", "Big5", "OEM", "ANSI 936", "65001", "", "<!DOCTYPE html>"]
CRSS = [4529, 4490, 4528, 3857, 2365]


def plan(home, encoding, crs):
    shapes = [
        shapely.box(EAST + 200 * i, NORTH, EAST + 200 * i + 100, NORTH + 100) for i in range(COUNT)
    ]
    columns = {
        "单元编号": [f"210102-GX{i + 1:03d}" for i in range(COUNT)],
        "单元名称": NAMES,
        "更新方式": MODES,
        "规划容积率": [1.5, 2.0, 2.5, 1.8, 3.0, 1.2],
    }
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=4529).to_crs(crs)
    home.mkdir()
    write_shapefile(frame, home / "更新单元.shp", encoding)
    (home / "更新单元.fields.csv").unlink()
    return home / "更新单元.shp"


def seen(path):
    """Return what a plan says of its units, and the kinds of notes with the files they name."""
    made = open_plan(path.parent)
    layer = made.layers.get("unit")
    rows = {}
    if layer is not None:
        frame = layer.frame
        middles = shapely.centroid(frame.geometry.to_crs(4529).to_numpy())
        for row, middle in zip(frame.to_dict("records"), middles, strict=True):
            place = (round(middle.x), round(middle.y))
            rows[row["code"]] = (row["name"], row["mode"], place)
    return rows, {note.kind for note in made.notes}, made


def assert_told(made, kinds):
    told = [note for note in made.notes if note.kind in kinds]
    assert told, kinds
    assert {note.path for note in told} == {"更新单元.shp"}


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    rows, _kinds, _made = seen(plan(tmp_path_factory.mktemp("truth") / "p", "UTF-8", 4529))
    assert len(rows) == COUNT
    return rows


@settings(max_examples=25, deadline=None)
@given(
    encoding=st.sampled_from(["GB18030", "UTF-8"]),
    crs=st.sampled_from(CRSS),
    gone=st.sets(st.sampled_from(sorted(SAID)), max_size=3),
    cpg=st.sampled_from([None, "UTF-8", "GBK", "936", "65001", "Big5", "<html>"]),
    ldid=st.sampled_from([None, 0x00, 0x4D, 0x57]),
)
def test_the_same_plan_or_a_said_difference(
    tmp_path_factory, truth, encoding, crs, gone, cpg, ldid
):
    path = plan(tmp_path_factory.mktemp("mix") / "p", encoding, crs)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    if ldid is not None:
        raw = bytearray(path.with_suffix(".dbf").read_bytes())
        raw[29] = ldid
        path.with_suffix(".dbf").write_bytes(bytes(raw))
    for extension in gone:
        path.with_suffix(extension).unlink()
    refusal = ""
    try:
        rows, kinds, made = seen(path)
    except ReadError as error:
        refusal = error.text.zh
    if refusal:  # no layer at all: then the message names the file
        assert gone & {".prj", ".dbf"}
        assert "更新单元.shp" in refusal
        return
    for extension in gone - {".cpg"}:
        assert_told(made, SAID[extension])
    if "unit" in made.layers:
        layer = made.layers["unit"]
        aside = 0 if layer.quarantine is None else len(layer.quarantine)
        assert layer.read == len(layer.frame) + aside == COUNT
    if ".dbf" in gone:
        return
    if ".prj" in gone:
        return  # where the shapes lie is not known; that it is said was seen above
    # Text is never different, whatever is claimed of it; a false claim is said.
    assert {code: row[:2] for code, row in rows.items()} == {
        code: row[:2] for code, row in truth.items()
    }
    claim = _claim(None if ".cpg" in gone else cpg or encoding, ldid, encoding)
    assert ("encoding_recovered" in kinds) == (claim != encoding)
    # Places are the same to a metre, or the CRS is said to be uncertain.
    off = max(np.hypot(*(np.array(rows[code][2]) - truth[code][2])) for code in truth)
    assert off <= 2 or "datum_uncertain" in kinds


def _claim(cpg, ldid, encoding):
    """Return what another reader would take the table for."""
    names = {"GBK": "GB18030", "936": "GB18030", "65001": "UTF-8"}
    if cpg not in {None, "<html>"}:
        return names.get(cpg, cpg)
    if ldid is None:
        ldid = {"GB18030": 0x4D, "UTF-8": 0x00}[encoding]
    return {0x4D: "GB18030", 0x57: "cp1252", 0x00: "ISO-8859-1"}[ldid]


def test_random_draws_of_planning_words_are_told_right():
    """Of 1, 2, 3, 5, 10 and 30 words: none wrong in silence, and next to none in doubt."""
    chance = random.Random(9)
    doubts, drawn = 0, 0
    for count, times in ((1, 400), (2, 400), (3, 300), (5, 200), (10, 100), (30, 60)):
        for _ in range(times):
            codec, wanted = chance.choice([("utf-8", "UTF-8"), ("gb18030", "GB18030")])
            cells = [word.encode(codec) for word in chance.choices(WORDS, k=count)]
            choice = choose(cells, cpg=chance.choice(CPGS), ldid=chance.choice([0, 3, 0x4D, 0x57]))
            right = choice.encoding == wanted
            assert right or choice.other == wanted, cells
            assert right or count == 1, cells
            doubts += choice.other is not None
            drawn += 1
    assert doubts <= drawn * 0.01
