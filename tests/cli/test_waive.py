"""The round: replies survive a new review, and reviewed exceptions become waivers."""

from __future__ import annotations

import datetime as dt
import shutil
import tomllib

import openpyxl
import pytest

from gisplan.errors import OutputError, PlanError
from gisplan.pipeline import open_plan, review
from gisplan.waive import _day, waive
from tests.exam.tiny_city import at, layers
from tests.exam.tiny_city import written as write_plan

SHEET = "错误明细"


def reviewed(home, **options):
    result = review(open_plan(home / "plan"), select=["BND101", "BND104"], resolutions=False)
    result.save(home / "out", "zh", **options)
    return result


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a folder with a plan of two units that leave their districts, and its result."""
    home = tmp_path_factory.mktemp("waive")
    (home / "plan").mkdir()
    units = (
        [at(-300, 0, 500, 500), at(1000, 0, 2400, 500)],
        {"code": ["210102-GX001", "210103-GX001"], "parent": ["210102", "210103"]},
    )
    others = dict.fromkeys(set(layers()) - {"city", "district"}, (None, None))
    write_plan(home / "plan", changed={**others, "unit": units})
    reviewed(home)
    return home


@pytest.fixture
def home(written, tmp_path):
    shutil.copytree(written, tmp_path / "home")
    return tmp_path / "home"


def rows_of(path, sheet=SHEET):
    page = openpyxl.load_workbook(path)[sheet]
    head, *rows = page.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def fill(path, replies, shuffle=False, added=None):
    """Write replies (fingerprint -> heading -> text) into the workbook, as a person would."""
    book = openpyxl.load_workbook(path)
    page = book[SHEET]
    head = [cell.value for cell in page[1]]
    rows = [list(row) for row in page.iter_rows(min_row=2, values_only=True)]
    if added:
        head.insert(3, added)
        for row in rows:
            row.insert(3, None)
    for row in rows:
        for name, text in replies.get(row[head.index("指纹")], {}).items():
            row[head.index(name)] = text
    if shuffle:
        rows.reverse()
    del book[SHEET]
    page = book.create_sheet(SHEET, 1)
    for row in [head, *rows]:
        page.append(row)
    book.save(path)


def some(home, number=0):
    return rows_of(home / "out" / "findings.xlsx")[number]["指纹"]


def test_replies_survive_the_next_review_whatever_people_did_to_the_rows(home):
    path = home / "out" / "findings.xlsx"
    mark = some(home)
    reply = {"整改情况": "已核对边界", "处理状态": "整改中", "复核人": "李工", "交办日期": "3月1日"}
    fill(path, {mark: reply}, shuffle=True, added="交办日期")
    reviewed(home)
    row = next(row for row in rows_of(path) if row["指纹"] == mark)
    assert (row["整改情况"], row["处理状态"], row["复核人"]) == ("已核对边界", "整改中", "李工")
    ledger = rows_of(path, "整改台账")
    assert [(r["指纹"], r["本次结果"], r["其他栏目"]) for r in ledger] == [
        (mark, "仍存在", "交办日期：3月1日")
    ]
    reviewed(home)  # and the one after that
    assert rows_of(path, "整改台账") == ledger


def test_the_reply_to_a_finding_that_is_gone_stays_in_the_ledger(home):
    path = home / "out" / "findings.xlsx"
    mark = some(home)
    fill(path, {mark: {"整改情况": "已重新报批"}})
    result = review(open_plan(home / "plan"), select=["BND104"], resolutions=False)
    result.save(home / "out", "zh")
    assert not any(row["指纹"] == mark for row in rows_of(path))
    gone = rows_of(path, "整改台账")
    assert [(r["指纹"], r["本次结果"], r["整改情况"]) for r in gone] == [
        (mark, "本次审查已不存在", "已重新报批")
    ]


def test_a_ledger_of_another_round_can_be_named(home, tmp_path):
    mark = some(home)
    other = tmp_path / "第一轮.xlsx"
    shutil.copy(home / "out" / "findings.xlsx", other)
    fill(other, {mark: {"整改情况": "- 已核对"}})
    reviewed(home, ledger=other)
    row = next(r for r in rows_of(home / "out" / "findings.xlsx") if r["指纹"] == mark)
    assert row["整改情况"] == "'- 已核对"
    reviewed(home)
    again = next(r for r in rows_of(home / "out" / "findings.xlsx") if r["指纹"] == mark)
    assert again["整改情况"] == "'- 已核对"


def test_a_workbook_whose_replies_cannot_be_read_is_not_written_over(home):
    path = home / "out" / "findings.xlsx"
    path.write_bytes(b"no workbook")
    with pytest.raises(OutputError, match=r"findings\.xlsx"):
        reviewed(home)
    assert path.read_bytes() == b"no workbook"


def test_reasons_with_a_name_become_waivers_that_the_next_review_knows(home):
    path = home / "out" / "findings.xlsx"
    mark, other = some(home), some(home, 1)
    fill(
        path,
        {
            mark: {"例外说明": '以批复图为准"\n', "复核人": "王工", "例外有效期": "2030-12-31"},
            other: {"例外说明": "已协调"},  # nobody signs
        },
    )
    before = (home / "plan" / "gisplan.toml").read_text("utf-8")
    file, done = waive(path)
    assert [(w.reply.fingerprint, w.state) for w in done] == [(mark, "taken"), (other, "left")]
    text = file.read_text("utf-8")
    assert text.startswith(before)
    entry = tomllib.loads(text)["waivers"]
    assert [(e["fingerprint"], e["by"], str(e["until"])) for e in entry] == [
        (mark, "王工", "2030-12-31")
    ]
    result = reviewed(home)
    states = result.findings.set_index("fingerprint")["state"]
    assert states[mark] == "waived"
    assert states[other] == "new"
    assert {w.reply.fingerprint: w.state for w in waive(path)[1]} == {mark: "there", other: "left"}
    assert file.read_text("utf-8") == text


@pytest.mark.parametrize(
    ("written", "day"),
    [("2030-12-31", dt.date(2030, 12, 31)), ("2030年1月5日", dt.date(2030, 1, 5)),
     ("2030-12", dt.date(2030, 12, 31)), ("年底", None)],
)  # fmt: skip
def test_the_last_day_is_read_as_the_dates_of_a_plan_are(written, day):
    assert _day(written) == day


def test_a_reason_for_a_finding_that_the_result_does_not_have_is_left(home):
    path = home / "out" / "findings.xlsx"
    mark = some(home)
    fill(path, {mark: {"例外说明": "甲", "复核人": "乙", "指纹": "0" * 16}})
    (one,) = waive(path)[1]
    assert one.state == "left"
    assert "没有这一问题" in one.why.zh


def test_a_plan_file_that_cannot_take_them_is_left_alone(home):
    path = home / "out" / "findings.xlsx"
    fill(path, {some(home): {"例外说明": "甲", "复核人": "乙"}})
    file = home / "plan" / "gisplan.toml"
    text = "waivers = []\n" + file.read_text("utf-8")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PlanError, match=r"gisplan\.toml"):
        waive(path)
    assert file.read_text("utf-8") == text


def test_the_command_lists_what_it_took(gisplan, home):
    path = home / "out" / "findings.xlsx"
    fill(path, {some(home): {"例外说明": "甲", "复核人": "乙"}})
    done = gisplan("waive", path, "--lang", "zh")
    assert (done.returncode, "1 条例外写入" in done.stdout) == (0, True), done.stderr
    assert gisplan("waive", home / "plan" / "gisplan.toml").returncode == 2
