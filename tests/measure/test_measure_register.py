"""Heritage bodies and zones against each other: asset, body_zone, body_out, body_pair, split."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from measure_shapes import layer, point, square

from gisplan.measure.engine import measure_plan
from gisplan.testing.plans import make_plan

TABLES = ["asset", "body_zone", "body_out", "body_pair", "split", "stand_in", "shadow"]
UNIT = layer([square(0, 0, 60)], ["u"])


def measured(name: str, layers: dict[str, Any], **kwargs: Any) -> pd.DataFrame:
    return measure_plan(make_plan({"unit": UNIT, **layers}, **kwargs), [name], "unit")[name]


def zones(*rows: tuple[str, str | None, str | None, Any]) -> Any:
    """Return zones of kind, body, name and shape."""
    kinds, bodies, names, shapes = zip(*rows, strict=True)
    codes = [f"q{i}" for i in range(len(rows))]
    return layer(list(shapes), codes, zone=list(kinds), body=list(bodies), name=list(names))


def test_zones_of_one_thing_share_an_asset_by_code_or_by_name() -> None:
    bodies = layer([square(0, 0, 9), square(50, 0, 9)], ["W1", "W2"], name=["东 塔", "中街旧里"])
    table = measured(
        "asset",
        {
            "heritage_body": bodies,
            "heritage_zone": zones(
                ("Z2", "W1", None, square(0, 0, 20)),
                ("Z3", None, "东塔（建设控制地带）", square(20, 0, 20)),
                ("Z6", None, "中街旧里历史文化街区核心保护范围", square(50, 0, 20)),
                ("Z7", None, "北市历史文化街区建设控制地带", square(90, 0, 20)),
                ("Z2", "W9", "东塔保护范围", square(200, 0, 20)),
                ("Z2", None, None, square(300, 0, 20)),
            ),
        },
    )
    assert table["asset"].tolist() == ["W1", "W1", "W2", "北市", "W9", ""]
    assert table["body_fid"].tolist() == [0, 0, 1, -1, -1, -1]
    assert table["how"].tolist() == ["code", "name", "name", "none", "unknown", "none"]
    assert table["stem"].tolist() == ["", "东塔", "中街旧里", "北市", "东塔", ""]


def test_a_name_that_two_bodies_have_tells_nothing() -> None:
    bodies = layer([square(0, 0, 9), square(50, 0, 9)], ["W1", "W2"], name=["东塔", "东塔"])
    own = zones(("Z2", None, "东塔保护范围", square(0, 0, 20)))
    table = measured("asset", {"heritage_body": bodies, "heritage_zone": own})
    assert (table["body_fid"][0], table["asset"][0], table["how"][0]) == (-1, "东塔", "none")


def test_a_body_in_quarantine_is_not_unknown() -> None:
    bodies = layer([square(0, 0, 9)], ["W1"], name=["东塔"])
    aside = {"heritage_body": pd.DataFrame({"_label": ["W2"], "code": ["W2"]})}
    own = zones(("Z2", "W2", None, square(0, 0, 20)))
    table = measured("asset", {"heritage_body": bodies, "heritage_zone": own}, quarantine=aside)
    assert table["how"].tolist() == ["aside"]


def test_a_body_is_held_against_all_its_zones_of_a_kind_together() -> None:
    bodies = layer([square(10, 0, 20)], ["W1"])
    own = zones(
        ("Z2", "W1", None, square(0, 0, 20)),
        ("Z2", "W1", None, square(20, 0, 5)),
        ("Z3", "W1", None, square(500, 0, 20)),
    )
    out = measured("body_out", {"heritage_body": bodies, "heritage_zone": own})
    assert out["kind"].tolist() == ["Z2", "Z3"]
    assert out["area_m2"].tolist() == pytest.approx([10 * 20 - 5 * 5, 400], rel=1e-3)
    assert out["distance_m"].tolist() == pytest.approx([0, 470])
    pairs = measured("body_zone", {"heritage_body": bodies, "heritage_zone": own})
    assert pairs["share_body"].tolist() == pytest.approx([0.5, 25 / 400, 0])
    assert pairs["own"].all()


def test_bodies_of_one_name_are_paired_with_the_nearest_only() -> None:
    bodies = layer(
        [point(0, 0), point(10, 0), point(900, 0), point(5000, 0)],
        ["a", "b", "c", "d"],
        name=["关帝庙", "关帝 庙", "关帝庙", "东塔"],
    )
    table = measured("body_pair", {"heritage_body": bodies})
    found = list(zip(table["body_a"], table["body_b"], table["distance_m"], strict=True))
    assert found == [(0, 1, 10.0), (1, 2, 890.0)]
    assert table["same_name"].all()


def test_a_hole_between_core_and_control_zone_is_a_gap_and_a_courtyard_of_the_core_too() -> None:
    ring = shapely.difference(square(-30, -30, 160), square(-2, 0, 102))
    own = zones(("Z6", "J1", None, square(0, 0, 100)), ("Z7", "J1", None, ring))
    table = measured("split", {"heritage_zone": own})
    gaps = table[table["relation"] == "gap"]
    assert gaps["area_m2"].sum() == pytest.approx(102 * 102 - 100 * 100, rel=1e-3)
    assert set(table["relation"]) == {"gap"}


def test_zones_apart_leave_the_land_between_open() -> None:
    own = zones(("Z6", "J1", None, square(0, 0, 10)), ("Z7", "J1", None, square(50, 0, 10)))
    table = measured("split", {"heritage_zone": own})
    assert table["relation"].tolist() == ["apart"]
    assert table["distance_m"][0] == pytest.approx(40)
    shadow = measured("shadow", {"heritage_zone": own})
    assert shadow["source"].tolist() == ["split"]


def test_a_purple_line_is_compared_in_both_directions() -> None:
    own = zones(
        ("Z6", "J1", None, square(0, 0, 100)),
        ("Z7", "J1", None, square(100, 0, 100)),
        ("Z9", None, None, square(10, 0, 195, 100)),
    )
    table = measured("split", {"heritage_zone": own}).set_index("relation")
    assert table["area_m2"]["beyond"] == pytest.approx(1000, rel=1e-3)
    assert table["area_m2"]["undivided"] == pytest.approx(500, rel=1e-3)
    assert (table["other_layer"] == "heritage_zone").all()


def test_a_point_is_stood_in_for_by_its_area_a_building_or_a_disc() -> None:
    bodies = layer(
        [point(0, 0), point(300, 0), point(600, 0), square(5, -5, 10)],
        ["L1", "L2", "L3", "L1M"],
        name=["张宅", "李宅", "王宅", "张宅"],
    )
    buildings = layer([square(1, 0, 4), square(320, 0, 9), square(620.1, 0, 9)])
    table = measured("stand_in", {"heritage_body": bodies, "building": buildings})
    assert table["how"].tolist() == ["body", "building", "disc"]
    assert table["other_fid"].tolist() == [3, 1, 2]
    assert table["distance_m"].tolist() == pytest.approx([5, 20, 20.1])
    assert shapely.area(table["geometry"][2]) == pytest.approx(np.pi * 100, rel=0.02)


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(7)
    shapes = [square(float(x), float(y), 30) for x, y in rng.integers(0, 400, (24, 2))]
    body = layer(
        [*shapes[:12], *(point(float(i * 31), 5.0) for i in range(6))],
        [f"b{i:02d}" for i in range(18)],
        name=[f"名{i % 5}" for i in range(18)],
    )
    zone = zones(
        *(
            (("Z2", "Z3", "Z6", "Z7")[i % 4], f"b{i // 4:02d}" if i % 3 else None, f"名{i % 5}", s)
            for i, s in enumerate(shapes[12:])
        )
    )
    one = _told({"heritage_body": body, "heritage_zone": zone, "unit": UNIT})
    turned = {
        "heritage_body": body.iloc[::-1].reset_index(drop=True),
        "heritage_zone": zone.iloc[::-1].reset_index(drop=True),
        "unit": UNIT,
    }
    for name, rows in _told(turned).items():
        assert rows == one[name], name


def _told(layers: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """Return the tables with codes for fids, each sorted."""
    plan = make_plan(layers)
    code = {
        "zone_fid": "heritage_zone", "inner_fid": "heritage_zone", "outer_fid": "heritage_zone",
        "body_fid": "heritage_body", "body_a": "heritage_body", "body_b": "heritage_body",
    }  # fmt: skip
    found = {}
    for name, table in measure_plan(plan, TABLES, "unit").items():
        out = table.drop(columns=["geometry", "other_fid"], errors="ignore").round(6)
        for column in set(code) & set(out):
            labels = [*plan.layers[code[column]].frame["code"], ""]
            out[column] = [labels[fid] for fid in out[column]]
        found[name] = sorted(out.itertuples(index=False, name=None), key=repr)
    return found
