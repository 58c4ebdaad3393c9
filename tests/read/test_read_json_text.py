from __future__ import annotations

import json

import pytest

from gisplan.errors import ReadError
from gisplan.read.geojson import read_json
from gisplan.read.request import Request
from gisplan.read.workspace import Workspace

NAMES = ["铁西区", "中山路", "䶮湖", "张氏帅府"]


def read(tmp_path, raw, encoding=None):
    path = tmp_path / "更新单元.geojson"
    path.write_bytes(raw)
    with Workspace() as space:
        return read_json(Request(path, tmp_path, space, None, encoding))


def collection(names=NAMES):
    features = [
        {
            "type": "Feature",
            "properties": {"DYMC": name, "BH": str(number)},
            "geometry": {"type": "Point", "coordinates": [123.4, 41.8]},
        }
        for number, name in enumerate(names)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_is_read_and_told(tmp_path, codec):
    found = read(tmp_path, collection().encode(codec))
    assert found.frame["DYMC"].tolist() == NAMES
    told = ["encoding_recovered"] if codec == "gb18030" else []
    assert [note.kind for note in found.notes] == told


def test_hanzi_that_hold_a_backslash_in_gbk_are_no_escape(tmp_path):
    found = read(tmp_path, collection([*NAMES, "誠信"]).encode("gb18030"))
    assert found.frame["DYMC"].tolist()[-1] == "誠信"


def test_a_string_that_nothing_decodes_costs_only_itself(tmp_path):
    raw = collection().encode().replace("中山路".encode(), b"ab\xff\xfe")
    found = read(tmp_path, raw)
    assert [None if v != v else v for v in found.frame["DYMC"]] == [
        "铁西区",
        None,
        "䶮湖",
        "张氏帅府",
    ]
    (note,) = found.notes
    assert (note.kind, note.column, note.record) == ("text_undecodable", "DYMC", 1)
    assert note.detail["bytes"] == "61 62 ff fe"


def test_a_string_of_another_office_is_read_and_told(tmp_path):
    raw = collection().encode().replace("中山路".encode(), "中山路".encode("gbk"))
    found = read(tmp_path, raw)
    assert found.frame["DYMC"].tolist() == NAMES
    (note,) = found.notes
    assert (note.detail["declared"], note.detail["found"]) == ("UTF-8", "GB18030")


@pytest.mark.parametrize("damage", [('"Feature"', '"Featur"'), ('"type": "Feature"', '"typ": "F"')])
def test_an_item_that_is_no_feature_is_counted(tmp_path, damage):
    text = collection()
    at = text.rindex(damage[0])
    found = read(tmp_path, (text[:at] + damage[1] + text[at + len(damage[0]) :]).encode())
    assert len(found.frame) == 4
    assert found.frame["_read_fault_en"].tolist() == [None] * 3 + ["member 4 is no feature"]
    assert found.notes == ()


def test_attributes_that_are_called_properties_are_no_loss(tmp_path):
    text = collection().replace('"DYMC": "铁西区"', '"properties": "a", "DYMC": "铁西区"')
    assert read(tmp_path, text.encode()).notes == ()


def test_records_of_a_json_list_are_decoded_alike(tmp_path):
    rows = [{"编号": "1", "名称": "张氏帅府"}, {"编号": "2", "名称": "中山广场"}]
    raw = json.dumps(rows, ensure_ascii=False).encode("gb18030")
    found = read(tmp_path, raw.replace("中山广场".encode("gb18030"), b"\xff\xfe\xfd"))
    assert [None if v != v else v for v in found.frame["名称"]] == ["张氏帅府", None]
    assert [n.kind for n in found.notes] == ["encoding_recovered", "text_undecodable"]


def test_a_text_of_two_bytes_cut_inside_one_is_refused_in_words(tmp_path):
    with pytest.raises(ReadError, match="UTF-16"):
        read(tmp_path, collection().encode("utf-16")[:-1])
