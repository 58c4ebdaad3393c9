"""What a public edition shows and leaves out."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import Point, box

from gisplan.errors import PlanError
from gisplan.findings.edition import edition
from gisplan.model import Dossier, Terms
from gisplan.pipeline import open_plan, review

PUBLIC = Terms("public", "辽S(2026)001号")
CRS = "EPSG:4549"
X, Y = 500_000.0, 4_600_000.0


def place(*numbers: float) -> tuple[float, ...]:
    return tuple(number + (Y if at % 2 else X) for at, number in enumerate(numbers))


def square(*numbers: float) -> shapely.Geometry:
    return box(*place(*numbers))


def write(folder, name, rows):
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    frame.to_file(folder / f"{name}.gpkg", driver="GPKG", layer=name)


@pytest.fixture
def folder(tmp_path):
    write(
        tmp_path,
        "district",
        [{"code": "210102", "name": "和平区", "geometry": square(0, 0, 4000, 4000)}],
    )
    write(
        tmp_path,
        "unit",
        [
            {
                "code": "210102001",
                "name": "一单元",
                "district": "210102",
                "mode": "拆除重建",
                "geometry": square(0, 0, 1000, 1000),
            },
            {
                "code": "210102002",
                "name": "二单元",
                "district": "210102",
                "mode": "拆除重建",
                "geometry": square(1000, 0, 2000, 1000),
            },
            {
                "code": "210102003",
                "name": "三单元",
                "district": "210102",
                "mode": "拆除重建",
                "geometry": square(2000, 0, 3000, 1000),
            },
        ],
    )
    write(
        tmp_path,
        "heritage_body",
        [
            {
                "code": "W1",
                "name": "国保楼",
                "asset_class": "WW",
                "level": "national",
                "geometry": square(100, 100, 130, 130),
            },
            {
                "code": "W2",
                "name": "无级别遗址",
                "asset_class": "WW",
                "level": None,
                "geometry": square(1100, 100, 1130, 130),
            },
            {
                "code": "W3",
                "name": "登记古墓",
                "asset_class": "WD",
                "level": "unlisted",
                "geometry": square(1200, 100, 1230, 130),
            },
            {
                "code": "L1",
                "name": "老邮局",
                "asset_class": "LJ",
                "level": None,
                "geometry": square(2100, 100, 2130, 130),
            },
        ],
    )
    write(
        tmp_path,
        "heritage_zone",
        [
            {"code": "Z1", "body": "W1", "zone": "Z2", "geometry": square(80, 80, 150, 150)},
            {"code": "Z2", "body": "W3", "zone": "Z2", "geometry": square(1180, 80, 1250, 150)},
            {"code": "Z3", "body": None, "zone": "Z11", "geometry": square(1500, 100, 1600, 200)},
            {"code": "Z4", "body": None, "zone": "Z3", "geometry": square(1080, 80, 1150, 150)},
            {"code": "Z5", "body": None, "zone": "Z3", "geometry": square(70, 70, 160, 160)},
            {"code": "Z6", "body": None, "zone": "Z6", "geometry": square(1050, 50, 1400, 400)},
        ],
    )
    write(
        tmp_path,
        "parcel",
        [
            {
                "code": "P1",
                "unit": "210102001",
                "land_use": "0701",
                "geometry": square(0, 0, 1000, 1000),
            },
            {
                "code": "P2",
                "unit": "210102003",
                "land_use": "1501",
                "geometry": square(2500, 0, 3000, 1000),
            },
        ],
    )
    write(
        tmp_path,
        "building",
        [
            {"code": "B1", "geometry": square(10, 10, 30, 30)},
            {"code": "B2", "geometry": square(2600, 10, 2630, 30)},
        ],
    )
    return tmp_path


def reviewed(folder, terms: Terms) -> Dossier:
    return review(open_plan(folder), terms=terms, resolutions=False).dossier


def codes(dossier: Dossier, layer: str) -> list[str]:
    return sorted(dossier.plan.layers[layer].frame["code"])


class TestAPublicEdition:
    @pytest.fixture
    def shown(self, folder) -> Dossier:
        return edition(reviewed(folder, PUBLIC), PUBLIC)

    def test_shows_announced_relics_and_historic_buildings_only(self, shown):
        assert codes(shown, "heritage_body") == ["L1", "W1"]
        assert codes(shown, "heritage_zone") == ["Z1", "Z5", "Z6"]

    def test_hides_an_unnamed_relic_zone_around_a_hidden_relic_but_not_a_district(self, shown):
        assert "Z4" not in codes(shown, "heritage_zone")
        assert "Z6" in codes(shown, "heritage_zone")

    def test_shows_neither_military_land_nor_what_stands_on_it(self, shown):
        assert codes(shown, "parcel") == ["P1"]
        assert codes(shown, "building") == ["B1"]

    def test_has_no_finding_that_names_what_is_hidden(self, folder, shown):
        inside = reviewed(folder, PUBLIC).findings
        assert inside["message_zh"].str.contains("W3|登记古墓").any()
        for text in [*shown.findings["message_zh"], *shown.verdicts["why_zh"].map(str)]:
            assert "登记古墓" not in text
            assert "W3" not in text
            assert "无级别遗址" not in text
        assert "W3" not in set(shown.findings["related"]) | set(shown.findings["feature"])

    def test_keeps_every_verdict_and_says_that_grounds_are_not_public(self, folder, shown):
        inside = reviewed(folder, PUBLIC).verdicts.set_index("unit")["verdict"]
        outside = shown.verdicts.set_index("unit")
        assert outside["verdict"].equals(inside)
        assert outside.loc["210102002", "why_zh"] == ["部分依据不公开"]
        known = set(shown.findings["fingerprint"])
        assert all(known.issuperset(keys) for keys in shown.verdicts["reasons"])

    def test_says_what_it_leaves_out(self, shown):
        said = [text.zh for text in shown.left_out]
        assert "历史文化保护对象：未公布、地下或敏感的文物 2" in said
        assert any("军事、监教用地 1" in text for text in said)
        assert any(text.startswith("问题：涉及上述要素") for text in said)

    def test_names_no_file_of_the_office(self, shown):
        assert shown.run.inputs == ()
        assert not shown.accounts.aside


class TestARefusal:
    def test_of_a_public_map_without_a_number(self, folder):
        terms = Terms("public", "  ")
        with pytest.raises(PlanError, match="PUB101"):
            edition(reviewed(folder, terms), terms)

    def test_of_a_map_whose_rules_were_left_out(self, folder):
        result = review(open_plan(folder), ignore=["PUB"], terms=PUBLIC, resolutions=False)
        with pytest.raises(PlanError, match="PUB101"):
            edition(result.dossier, PUBLIC)

    def test_of_a_review_that_was_told_no_terms(self, folder):
        with pytest.raises(PlanError, match="PUB101"):
            edition(reviewed(folder, Terms()), PUBLIC)

    @pytest.mark.parametrize(("side", "refused"), [(4990, False), (5020, True)])
    def test_of_building_detail_over_25_square_kilometres(self, folder, side, refused):
        rows = [
            {"code": str(i), "geometry": Point(place(*at)).buffer(1)}
            for i, at in enumerate([(0, 0), (side, 0), (0, side), (side, side)])
        ]
        write(folder, "building", rows)
        dossier = reviewed(folder, PUBLIC)
        if not refused:
            assert edition(dossier, PUBLIC).terms == PUBLIC
            return
        with pytest.raises(PlanError, match="PUB102"):
            edition(dossier, PUBLIC)
        cleared = Terms("public", "辽S(2026)001号", clearance=True)
        assert edition(reviewed(folder, cleared), cleared).terms == cleared


class TestAMapForTheHouse:
    def test_shows_everything(self, folder):
        dossier = reviewed(folder, Terms())
        shown = edition(dossier, Terms())
        assert codes(shown, "heritage_body") == ["L1", "W1", "W2", "W3"]
        assert len(shown.findings) == len(dossier.findings)
        assert shown.left_out == ()

    def test_has_vertices_on_the_grid_that_was_asked_for(self, folder):
        write(folder, "building", [{"code": "B1", "geometry": square(10.26, 10.26, 30.6, 30.6)}])
        terms = Terms(coordinates=0.5)
        shown = edition(reviewed(folder, terms), terms)
        xy = shapely.get_coordinates(shown.plan.layers["building"].frame.geometry.array)
        assert np.allclose(np.rint(xy / 0.5) * 0.5, xy, atol=1e-9)
        assert sorted(set(xy[:, 0] % 1000)) == [10.5, 30.5]

    def test_loses_no_building_that_is_smaller_than_the_grid(self, folder):
        terms = Terms(coordinates=100)
        shown = edition(reviewed(folder, terms), terms)
        assert codes(shown, "building") == ["B1", "B2"]
        assert not shown.plan.layers["building"].frame.geometry.isna().any()
