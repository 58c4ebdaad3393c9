"""The commands as a user calls them, on the built-in sample."""

import json
import zipfile

import pytest

FILES = {
    "findings.json",
    "findings.gpkg",
    "findings.xlsx",
    "report.html",
    "map.html",
    "manifest.json",
}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory, sample_home):
    from gisplan.pipeline import open_plan, review

    out = tmp_path_factory.mktemp("reviewed")
    review(open_plan(sample_home)).save(out)
    return out


def test_demo_writes_the_sample_and_its_review_and_exits_0(gisplan, tmp_path):
    done = gisplan("demo", tmp_path / "demo", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo" / "gisplan.toml").is_file()
    assert {file.name for file in (tmp_path / "demo" / "out").iterdir()} == FILES
    assert "map.html" in done.stdout
    assert "report.html" in done.stdout


def test_review_writes_everything_and_says_2_where_a_feature_was_set_aside(
    gisplan, tmp_path, sample_home
):
    done = gisplan("review", sample_home, "-o", tmp_path / "out", "--lang", "zh")
    assert done.returncode == 2, done.stderr
    assert {file.name for file in (tmp_path / "out").iterdir()} == FILES
    assert done.stderr.strip().splitlines()[-1].startswith("未能完整判定")


def test_a_zip_of_the_plan_gives_the_same_findings(gisplan, tmp_path, sample_home, reviewed):
    archive = tmp_path / "plan.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sample_home.iterdir():
            file.write(path, path.name)
    done = gisplan("check", archive, "--format", "json")
    # a file is named within the archive, in messages too
    findings = json.loads(done.stdout.replace("plan.zip!", ""))["findings"]
    stored = json.loads((reviewed / "findings.json").read_text("utf-8"))["findings"]
    assert [f["feature"] for f in findings] == [f["feature"] for f in stored]
    about_features = [f for f in stored if not f["code"].startswith("SRC")]
    assert [f for f in findings if not f["code"].startswith("SRC")] == about_features


@pytest.mark.parametrize("form", ["text", "json", "csv", "geojson", "github", "junit", "sarif"])
def test_check_prints_every_format(gisplan, sample_home, form, tmp_path):
    done = gisplan("check", sample_home, "--format", form, "--lang", "zh")
    assert done.returncode == 2
    assert "HER101" in done.stdout


def test_check_can_write_a_file(gisplan, sample_home, tmp_path):
    done = gisplan("check", sample_home, "--format", "csv", "-o", tmp_path / "list.csv")
    assert done.stdout == ""
    assert (tmp_path / "list.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_selecting_rules_leaves_no_unit_clear(gisplan, sample_home):
    done = gisplan("check", sample_home, "--select", "BND", "--format", "json")
    result = json.loads(done.stdout)
    assert {finding["code"][:3] for finding in result["findings"]} == {"BND"}
    assert "clear" not in {verdict["verdict"] for verdict in result["verdicts"]}


def test_a_parameter_changes_what_is_found(gisplan, sample_home):
    wide = gisplan("check", sample_home, "--select", "HER113", "--format", "json",
                   "--set", "HER113.near=400")  # fmt: skip
    none = gisplan("check", sample_home, "--select", "HER113", "--format", "json",
                   "--set", "HER113.near=0")  # fmt: skip
    count = [len(json.loads(done.stdout)["findings"]) for done in (wide, none)]
    assert count[0] > count[1]


def test_inspect_names_encoding_and_crs(gisplan, sample_home):
    done = gisplan("inspect", sample_home, "--format", "json")
    facts = json.loads(done.stdout)
    assert "GB18030" in {fact["encoding"] for fact in facts}
    assert {"EPSG:4528", "EPSG:4529"} <= {fact["crs"] for fact in facts}


def test_inspect_is_readable(gisplan, sample_home):
    done = gisplan("inspect", sample_home, "--lang", "zh")
    assert "GB18030" in done.stdout


def test_init_writes_a_plan_file_that_reviews_the_same(gisplan, tmp_path, sample_home, reviewed):
    import shutil

    plan = tmp_path / "plan"
    shutil.copytree(sample_home, plan)
    (plan / "gisplan.toml").unlink()
    assert gisplan("init", plan).returncode == 0
    done = gisplan("check", plan, "--format", "json")
    ours = {finding["fingerprint"] for finding in json.loads(done.stdout)["findings"]}
    stored = json.loads((reviewed / "findings.json").read_text("utf-8"))["findings"]
    # the encoding is declared now, so it was not recovered
    assert ours == {found["fingerprint"] for found in stored if found["code"] != "SRC102"}


def test_rules_lists_every_code(gisplan):
    from gisplan.catalogue.registry import registry

    done = gisplan("rules", "--format", "json")
    assert [rule["code"] for rule in json.loads(done.stdout)] == list(registry())


def test_rules_gives_the_outcome_of_each_rule_on_the_sample(gisplan, reviewed):
    found = json.loads((reviewed / "findings.json").read_text("utf-8"))["rules"]
    listed = json.loads(gisplan("rules", "--format", "json").stdout)
    told = {rule["code"]: rule["sample"] for rule in listed}
    assert told == {r["code"]: {"outcome": r["outcome"], "count": r["count"]} for r in found}
    lines = {line.split()[0]: line for line in gisplan("rules", "--lang", "zh").stdout.splitlines()
             if line.startswith("  ")}  # fmt: skip
    n = next(r["count"] for r in found if r["code"] == "HER104")
    assert f"不通过 {n} " in lines["HER104"]
    assert "未检查 " in lines["BND112"]


def test_explain_gives_source_and_remedy(gisplan):
    done = gisplan("explain", "her101", "--lang", "zh")
    assert done.returncode == 0
    assert "HER101" in done.stdout
    assert "整改" in done.stdout


def test_chinese_output_survives_a_gbk_console(gisplan, sample_home):
    done = gisplan("check", sample_home, "--lang", "zh", PYTHONIOENCODING="gbk", encoding="gbk")
    assert done.returncode == 2
    assert "?" not in done.stdout


def test_map_writes_one_file(gisplan, tmp_path, sample_home):
    gisplan("map", sample_home, "-o", tmp_path / "m.html")
    assert [file.name for file in tmp_path.iterdir()] == ["m.html"]


def test_map_writes_a_folder_and_renews_it(gisplan, tmp_path, sample_home):
    out = tmp_path / "map.html"
    done = gisplan("map", sample_home, "-o", out, "--mode", "folder")
    assert done.returncode == 2, done.stderr
    home = tmp_path / "map"
    assert done.stdout.strip() == str(home / "map.html")
    names = {path.name for path in home.iterdir()}
    assert {"map.html", "map.json", "chunk_0001.js"} <= names
    (home / "chunk_9999.js").write_text("of a larger map before")
    (home / "mine.txt").write_text("mine")
    assert gisplan("map", sample_home, "-o", home, "--mode", "folder").returncode == 2
    assert {path.name for path in home.iterdir()} == names | {"mine.txt"}


def test_a_chunk_that_gisplan_did_not_write_is_not_overwritten(gisplan, tmp_path, sample_home):
    (tmp_path / "chunk_0001.js").write_text("mine")
    done = gisplan("map", sample_home, "-o", tmp_path, "--mode", "folder")
    assert done.returncode == 2, done.stderr
    assert (tmp_path / "chunk_0001.js").read_text() == "mine"


@pytest.mark.parametrize(("mode", "pieces"), [("auto", 0), ("plain", 0), ("packed", 1)])
def test_map_keeps_shapes_as_it_is_told(gisplan, tmp_path, sample_home, mode, pieces):
    out = tmp_path / "map.html"
    assert gisplan("map", sample_home, "-o", out, "--mode", mode).returncode == 2
    assert min(out.read_text("utf-8").count('id="gisplan-piece-'), 1) == pieces


def test_a_public_map_without_an_approval_number_is_not_written(gisplan, tmp_path, sample_home):
    done = gisplan(
        "map", sample_home, "-o", tmp_path / "m.html", "--audience", "public", "--lang", "zh"
    )
    assert done.returncode == 2
    assert "PUB101" in done.stderr
    assert "审图号" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_public_map_shows_its_approval_number_and_what_it_leaves_out(
    gisplan, tmp_path, sample_home
):
    page = tmp_path / "m.html"
    terms = ["--audience", "public", "--map-approval-no", "辽S(2026)001号", "--coordinates", "0.5m"]
    done = gisplan("map", sample_home, "-o", page, *terms, "--lang", "zh")
    assert "PUB102" in done.stderr  # the sample has buildings over more than 25 square kilometres
    gisplan("map", sample_home, "-o", page, *terms, "--i-have-clearance")
    text = page.read_text("utf-8")
    assert "审图号：辽S(2026)001号" in text
    assert "未经审图" not in text
    assert '"grid":0.5' in text
    assert "输入文件清单" in text


def test_a_grid_that_is_no_length_is_refused(gisplan, tmp_path, sample_home):
    done = gisplan(
        "map", sample_home, "-o", tmp_path / "m.html", "--coordinates", "near", "--lang", "en"
    )
    assert done.returncode == 2
    assert "--coordinates must be" in done.stderr


@pytest.mark.parametrize(("option", "head"), [("--png", b"\x89PNG"), ("--svg", b"<?xml")])
def test_map_writes_a_picture(gisplan, tmp_path, sample_home, option, head):
    gisplan("map", sample_home, option, "-o", tmp_path / f"m.{option[2:]}")
    assert (tmp_path / f"m.{option[2:]}").read_bytes().startswith(head)


def test_a_picture_under_another_ending_is_refused(gisplan, tmp_path, sample_home):
    done = gisplan("map", sample_home, "--png", "-o", tmp_path / "m.svg", "--lang", "en")
    assert done.returncode == 2
    assert "must end in .png" in done.stderr


@pytest.mark.parametrize("option", ["--before", "--base"])
def test_what_a_picture_cannot_show_is_refused(gisplan, tmp_path, sample_home, option):
    value = sample_home if option == "--before" else "osm"
    done = gisplan("map", sample_home, option, value, "-o", tmp_path / "m.png", "--lang", "en")
    assert done.returncode == 2
    assert "no --before or --base" in done.stderr


def test_a_former_plan_is_reviewed_by_the_same_rules(gisplan, tmp_path, sample_home):
    page = tmp_path / "m.html"
    gisplan("map", sample_home, "--before", sample_home, "--ignore", "BND,GEO", "-o", page)
    layers = json.loads(
        page.read_text("utf-8").split('id="gisplan-data">')[1].split("</script>")[0]
    )["layers"]
    counts = {layer["id"]: [entry["count"] for entry in layer["classes"]] for layer in layers}
    assert counts["before"] == counts["unit"]
    assert counts["before"][0] < 27  # of the sample with every rule


def test_check_works_out_ways_out_only_where_it_shows_them(sample_home, monkeypatch, capsys):
    from gisplan import pipeline
    from gisplan.cli.check import Format, run

    asked = []
    real = pipeline.draw_resolutions
    monkeypatch.setattr(pipeline, "draw_resolutions", lambda *a: asked.append(a) or real(*a))
    for form, times in ((Format.CSV, 0), (Format.JSON, 1)):
        run(sample_home, form=form, select=["HER101"], quiet=True)
        assert len(asked) == times
    assert capsys.readouterr().out


def test_fix_writes_a_plan_and_says_what_it_did(gisplan, sample_home, tmp_path):
    done = gisplan("fix", sample_home, "-o", tmp_path / "out", "--lang", "zh")
    assert done.returncode == 2  # one feature of the sample has no shape, and still has none
    assert "编号补全或更正 1" in done.stdout
    assert (tmp_path / "out" / "fixes.csv").read_bytes().startswith("\ufeff图层".encode())
    refused = gisplan("fix", sample_home, "-o", sample_home / "out", "--lang", "en")
    assert refused.returncode == 2
    assert refused.stderr.strip().count("\n") == 0
    assert "choose another -o" in refused.stderr
