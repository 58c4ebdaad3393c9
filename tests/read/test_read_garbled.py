from __future__ import annotations

import json
import random

import pandas as pd
import pytest
from made_files import names_dbf, write_shp

from gisplan.read.garbled import garbled_notes
from gisplan.read.plan import read_plan

LINES = """铁西区 更新单元 历史文化街区 茅台路 䶮湖 𬒈 Köln Sarrià Łódź ½ º 1924年 ㎡ 中·西
“张氏帅府” 臺北市 서울 東京都 Москва Žižkov Île-de-France 屯屯 ? ?? 何处？ N/A"""
SOUND = LINES.split()


def told(values):
    frame = pd.DataFrame({"MC": pd.Series(values, dtype=object)})
    return [
        (note.record, note.column, note.detail["value"], note.detail["was"], note.detail["count"])
        for note in garbled_notes(frame)
    ]


@pytest.mark.parametrize("text", ["更新单元", "沈河区中山路", "张氏帅府ABC", "单元"])
@pytest.mark.parametrize(
    ("true", "wrong"),
    [("utf-8", "gb18030"), ("utf-8", "latin-1"), ("gb18030", "latin-1"), ("gb18030", "cp1252")],
)
def test_text_that_was_read_wrong_before_it_was_written_is_told(text, true, wrong):
    garbled = text.encode(true).decode(wrong)
    assert told(["甲", garbled, garbled]) == [(1, "MC", garbled, text, 2)]


def test_sound_text_is_never_called_garbled():
    assert told(SOUND) == []


def test_marks_of_lost_bytes_are_told_and_nothing_is_made_up():
    for lost in ("锟斤拷锟斤拷", "区\ufffd\ufffd", "????"):
        assert told([lost, "甲"]) == [(0, "MC", lost, None, 1)]


def test_numbers_dates_and_empty_columns_are_let_alone():
    frame = pd.DataFrame({"a": [1, 2], "b": [None, None], "c": pd.to_datetime(["2024", "2025"])})
    assert garbled_notes(frame) == []


def test_the_order_of_rows_changes_only_the_row_that_is_named():
    values = [*SOUND, "鏇存柊鍗曞厓"]
    random.Random(4).shuffle(values)
    ((record, *_, was, count),) = told(values)
    assert (values[record], was, count) == ("鏇存柊鍗曞厓", "更新单元", 1)


def test_it_is_told_for_every_format_and_the_cell_keeps_its_text(tmp_path):
    garbled = "更新单元".encode().decode("gb18030")
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    feature = {"type": "Feature", "properties": {"DYMC": garbled}, "geometry": square}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)
    (tmp_path / "GXDY.geojson").write_text(text, encoding="utf-8")
    (tmp_path / "名录.csv").write_text(f"编号,名称\n1,{garbled}\n", encoding="utf-8")
    write_shp(tmp_path / "GXXM.shp", dbf=names_dbf([garbled, "甲"], "utf-8"), cpg="UTF-8")
    _config, raws, notes = read_plan(tmp_path)
    where = {(n.path, n.column) for n in notes if n.kind == "text_garbled"}
    assert where == {("GXDY.geojson", "DYMC"), ("名录.csv", "名称"), ("GXXM.shp", "DYMC")}
    assert sum((raw.frame == garbled).to_numpy().sum() for raw in raws) == 3
