"""The report on paper: the content of a review as plain blocks, for Word and PDF alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gisplan.errors import OutputError
from gisplan.model import Dossier, Lang, Text, Verdict
from gisplan.render import words
from gisplan.render.balance import balance_lines
from gisplan.render.consistency import NOTE as CONSISTENCY_NOTE
from gisplan.render.consistency import consistency_lines
from gisplan.render.content import Content, FindingRow, make_content
from gisplan.render.coverage import NOTE as COVERAGE_NOTE
from gisplan.render.coverage import source_line
from gisplan.render.palette import SEVERITY_FILL, VERDICT_FILL
from gisplan.render.rows import data_version, layer_title, project_rows
from gisplan.render.sheets.opinions import experts_sheet, review_sheet
from gisplan.render.still import still
from gisplan.render.still_sheet import NO_FONT
from gisplan.render.transmission import NOTE as TRANSMISSION_NOTE
from gisplan.render.transmission import transmission_lines
from gisplan.render.unit_page import UnitPage, unit_pages

LISTED = 400  # rows of one table; the rest are in findings.xlsx, and it says so
PAGES = 30  # units with a picture and a page of their own
_DPI = 110
_EXPERTS = 5  # lines for experts to write in
_LINES = 12  # of what is wrong with one unit, in the form that goes back

_NUMERALS = "〇一二三四五六七八九十"

TITLE = Text("规划传导与历史文化冲突审查报告", "Review of plan transmission and heritage conflicts")
MACHINE = Text("机审结果，供人工复核", "Machine review, for a person to check")
CLOSING = Text(
    "面积为椭球面积。边界仅供规划审查参考，不作为法定边界依据。未经审图，仅供内部使用，不得公开传播。",
    "Areas are on the ellipsoid. Boundaries serve the review only and are no legal boundaries. "
    "Not reviewed for publication: internal use only.",
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 0 is the title of the whole."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph: body, verdict (stands out), note (small) or item (of a list)."""

    text: str
    kind: str = "body"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `widths` are shares of the line, `fills` is row -> (column, #rrggbb)."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    fills: dict[int, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as PNG, as wide as the line."""

    png: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new page; tables that follow lie on it upright or landscape."""

    landscape: bool


Block = Heading | Para | Table | Picture | Break


def paper(dossier: Dossier, lang: Lang) -> list[Block]:
    """Return the report in one language, conclusion first; nothing is decided here."""
    return list(_Paper(dossier, lang).blocks())


class _Paper:
    def __init__(self, dossier: Dossier, lang: Lang) -> None:
        self.dossier = dossier
        self.lang: Lang = lang
        self.content: Content = make_content(dossier)
        self.chapters = 0

    def t(self, text: Text) -> str:
        return words.pick(text, self.lang)

    def said(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def chapter(self, zh: str, en: str) -> Heading:
        """Begin a chapter; what has nothing to say has no number either."""
        self.chapters += 1
        return Heading(1, self.said(f"{_NUMERALS[self.chapters]}、{zh}", f"{self.chapters}. {en}"))

    def head(self, *titles: tuple[str, str]) -> tuple[str, ...]:
        return tuple(self.said(*title) for title in titles)

    def blocks(self) -> Iterator[Block]:
        yield Heading(0, self.content.name)
        yield Para(f"{self.t(TITLE)} · {self.t(MACHINE)}", "note")
        yield from self.cover()
        yield Break(landscape=False)
        yield from self.conclusion()
        yield from self.data()
        yield Break(landscape=True)
        yield from self.transmission()
        yield from self.balance()
        yield from self.rules()
        yield from self.conflicts()
        yield from self.unchecked()
        yield Break(landscape=False)
        yield from self.units()
        yield Break(landscape=True)
        yield from self.opinions()

    def table(
        self,
        head: tuple[str, ...],
        rows: Iterable[tuple[object, ...]],
        widths: tuple[float, ...],
        fills: dict[int, tuple[int, str]] | None = None,
    ) -> Iterator[Block]:
        made = [tuple("" if cell is None else str(cell) for cell in row) for row in rows]
        shown = made[:LISTED]
        kept = {at: fill for at, fill in (fills or {}).items() if at < len(shown)}
        yield Table(head, tuple(shown), widths, kept)
        if len(made) > len(shown):
            zh = f"此处列出前 {len(shown)} 条，共 {len(made)} 条，全部见 findings.xlsx。"
            en = f"The first {len(shown)} of {len(made)}; findings.xlsx has all."
            yield Para(self.said(zh, en), "note")

    def cover(self) -> Iterator[Block]:
        """Yield whose plan it is, of which data and rules, what came of it, and who signs."""
        run, config = self.dossier.run, self.dossier.plan.config
        version = f"{config.version} ({data_version(self.dossier)})"
        yield Para(self.t(self.content.headline), "verdict")
        yield Table(
            self.head(("项目", "Item"), ("内容", "Content")),
            (
                (self.said("项目名称", "Plan"), self.content.name),
                (self.said("送审单位", "Submitted by"), config.submitted_by or "\n"),
                (self.said("审查单位", "Reviewed by"), config.reviewed_by or "\n"),
                (self.said("审查时间", "Reviewed at"), run.started[:16].replace("T", " ")),
                (
                    self.said("数据版本", "Data version"),
                    version if config.version else data_version(self.dossier),
                ),
                (self.said("规则版本", "Rule set"), run.rule_set),
                (self.said("软件版本", "Software"), f"gisplan {run.gisplan}"),
            ),
            (1, 3),
            {},
        )
        yield Heading(2, self.said("签字", "Signatures"))
        yield Table(
            self.head(("审查人", "Reviewer"), ("复核人", "Second reviewer"), ("日期", "Date")),
            (("\n\n", "", ""),),
            (1, 1, 1),
            {},
        )
        yield Para(self.t(CLOSING), "note")

    def conclusion(self) -> Iterator[Block]:
        c = self.content
        yield self.chapter("结论", "Conclusion")
        yield Para(self.t(c.headline), "verdict")
        yield Para(self.t(c.conclusion))
        yield from self.table(
            self.head(("结论", "Verdict"), ("数量", "Count"), ("含义", "Meaning")),
            [(self.t(name), n, self.t(meaning)) for _, name, n, meaning in c.verdict_counts],
            (2, 1, 7),
            {at: (0, VERDICT_FILL[row[0]]) for at, row in enumerate(c.verdict_counts)},
        )
        for notice in c.notices:
            yield Para(self.t(notice), "note")
        try:
            yield Picture(still(self.dossier, self.lang, dpi=_DPI), c.name)
        except OutputError:
            yield Para(self.t(NO_FONT), "note")
        lines = consistency_lines(self.dossier)
        if lines:
            yield Heading(2, self.said("各层级一致性", "Consistency by tier"))
            yield from self.table(
                self.head(
                    ("层级", "Tier"), ("要素数", "Features"), ("一致性", "Consistency"),
                    ("不通过", "Failed"), ("需说明", "To explain"),
                    ("未检查的规则", "Rules not checked"), ("无法判定的要素", "Not judged"),
                ),
                [(self.t(row[0]), *row[1:]) for row in lines],
                (2, 1, 1.3, 1, 1, 1.5, 1.5),
            )  # fmt: skip
            yield Para(self.t(CONSISTENCY_NOTE), "note")

    def data(self) -> Iterator[Block]:
        run = self.dossier.run
        yield self.chapter("数据与版本", "Data and versions")
        yield from self.table(
            self.head(
                ("文件", "File"), ("图层", "Layer"), ("数量", "Count"), ("编码", "Encoding"),
                ("坐标系", "CRS"), ("SHA-256", "SHA-256"),
            ),
            [
                (
                    i.path, self.t(layer_title(self.dossier, i.layer)), i.count,
                    i.encoding or "—", self.t(words.crs_name(i.crs)), i.sha256,
                )
                for i in run.inputs
            ],
            (3, 2, 1, 1.3, 2, 4),
        )  # fmt: skip
        libraries = "，".join(f"{name} {version}" for name, version in run.libraries.items())
        zh = f"gisplan {run.gisplan}；规则版本 {run.rule_set}；工作坐标系 "
        en = f"gisplan {run.gisplan}; rule set {run.rule_set}; working CRS "
        crs = self.t(words.crs_name(run.working_crs))
        yield Para(f"{self.said(zh, en)}{crs}；{libraries}；{run.started}", "note")
        sources = self.dossier.coverage.sources
        if sources:
            yield Heading(2, self.said("历史文化数据来源与覆盖", "Heritage sources and coverage"))
            for source in sources:
                yield Para(self.t(source_line(self.dossier, source)), "item")
            yield Para(self.t(COVERAGE_NOTE), "note")

    def transmission(self) -> Iterator[Block]:
        lines = transmission_lines(self.dossier)
        if not lines:
            return
        yield self.chapter("传导一致性检查表", "What is passed down the chain")
        yield from self.table(
            self.head(
                ("层级（上→下）", "Tiers"), ("传导类型", "Kind"), ("传导内容", "Content"),
                ("上级要求", "Asked above"), ("下级落实", "Done below"), ("差值", "Difference"),
                ("判定", "Judgement"), ("依据", "Sources"), ("说明", "Remarks"),
            ),
            [
                (
                    f"{self.t(r.upper)} → {self.t(r.lower)}", self.t(r.kind), self.t(r.content),
                    r.asked, r.done, r.difference, self.t(r.judgement), self.t(r.sources),
                    self.t(r.remarks),
                )
                for r in lines
            ],
            (1.6, 0.9, 1.8, 0.9, 0.9, 0.8, 0.9, 4.8, 2.6),
        )  # fmt: skip
        yield Para(self.t(TRANSMISSION_NOTE), "note")

    def balance(self) -> Iterator[Block]:
        lines = balance_lines(self.dossier)
        if not lines:
            return
        yield Heading(2, self.said("指标平衡", "Balance of indicators"))
        yield from self.table(
            self.head(
                ("层级", "Tier"), ("区域", "Area"), ("指标", "Indicator"), ("年", "Year"),
                ("上级要求", "Asked above"), ("下级落实", "Done below"), ("差值", "Difference"),
                ("单位", "Unit"), ("判定", "Judgement"), ("说明", "Remarks"),
            ),
            [
                (
                    self.t(r.tier), r.area, r.indicator, r.year, self.t(r.asked), r.done,
                    r.difference, r.unit, self.t(r.judgement),
                    "；".join(filter(None, (self.t(r.missing), self.t(r.why)))),
                )
                for r in lines
            ],
            (1.2, 1.4, 2.4, 0.7, 1.3, 1.2, 1, 1, 1, 2.6),
        )  # fmt: skip

    def rules(self) -> Iterator[Block]:
        yield self.chapter("按规则", "By rule")
        yield from self.table(
            self.head(
                ("规则", "Rule"), ("检查内容", "Kind"), ("名称", "Name"), ("结果", "Outcome"),
                ("数量", "Count"), ("说明", "Why"),
            ),
            [
                (
                    r.code, self.t(r.family), self.t(r.title), self.t(r.outcome_name),
                    r.count or "", self.t(r.why) + self.t(r.filtered),
                )
                for r in self.content.rules
            ],
            (1, 1.8, 3.5, 1.2, 0.8, 5),
        )  # fmt: skip
        for rule in self.content.rules:
            if rule.findings:
                title = f"{rule.code} {self.t(rule.title)}（{len(rule.findings)}）"
                yield Heading(2, title)
                yield from self.findings(rule.findings)
                yield Para(self.t(rule.findings[0].remedy), "note")

    def findings(self, rows: tuple[FindingRow, ...]) -> Iterator[Block]:
        waived = self.said("（例外）", " (waived)")
        yield from self.table(
            self.head(
                ("等级", "Severity"), ("图层", "Layer"), ("要素", "Feature"),
                ("相关要素", "Related"),
                ("实测值", "Measured"), ("限值", "Limit"), ("问题", "Finding"), ("依据", "Sources"),
            ),
            [
                (
                    self.t(f.severity_name) + (waived if f.state == "waived" else ""),
                    self.t(f.layer), f.feature, f.related, self.t(f.measured), self.t(f.limit),
                    self.t(f.message), "；".join(self.t(source) for source in f.sources),
                )
                for f in rows
            ],
            (0.9, 1.3, 1.7, 1.7, 1.2, 1.2, 5, 3),
            {
                at: (0, SEVERITY_FILL[f.severity])
                for at, f in enumerate(rows)
                if f.state != "waived"
            },
        )  # fmt: skip

    def conflicts(self) -> Iterator[Block]:
        yield self.chapter("历史文化冲突清单", "Heritage conflicts")
        if self.content.conflicts:
            yield from self.findings(self.content.conflicts)
        else:
            zh = "没有列出冲突。是否可判为通过，以单元结论和“未检查”为准。"
            en = "No conflict is listed. Whether that is a pass is for the verdicts to say."
            yield Para(self.said(zh, en))
        yield Para(self.t(self.content.matrix_note), "note")

    def unchecked(self) -> Iterator[Block]:
        c = self.content
        yield self.chapter("未检查与隔离", "Not checked, set aside")
        zh = "缺少数据的检查项列为“未检查”，不视为通过。"
        yield Para(self.said(zh, "A check whose data is missing is not checked, never a pass."))
        if c.not_checked:
            yield from self.table(
                self.head(("规则", "Rule"), ("名称", "Name"), ("结果", "Outcome"), ("原因", "Why")),
                [
                    (r.code, self.t(r.title), self.t(r.outcome_name), self.t(r.why))
                    for r in c.not_checked
                ],
                (1, 3, 1.2, 6),
            )
        yield Heading(2, self.said("图层账目", "Accounts of the layers"))
        yield from self.table(
            self.head(
                ("图层", "Layer"), ("读入", "Read"), ("检查", "Checked"), ("隔离", "Set aside"),
                ("修复", "Repaired"), ("核对", "Balance"),
            ),
            [
                (self.t(title), n.read, n.checked, n.quarantined, n.repaired, self.t(total))
                for title, n, total in c.balances
            ],
            (2, 1, 1, 1, 1, 4),
        )  # fmt: skip
        if c.accounts.aside:
            yield Heading(2, self.said("隔离的要素", "Features set aside"))
            yield from self.table(
                self.head(
                    ("图层", "Layer"), ("要素", "Feature"), ("文件", "File"), ("原因", "Reason")
                ),
                [
                    (
                        self.t(layer_title(self.dossier, q.layer)),
                        q.features if q.record is None else q.feature,
                        q.path,
                        self.t(q.reason),
                    )
                    for q in c.accounts.aside
                ],
                (2, 2, 3, 5),
            )
        if c.accounts.left_out:
            yield Heading(2, self.said("没有读入的文件", "Files that were not read"))
            yield from self.table(
                self.head(("文件", "File"), ("原因", "Reason")),
                [(r.path, self.t(r.reason)) for r in c.accounts.left_out],
                (3, 5),
            )

    def units(self) -> Iterator[Block]:
        units = self.content.units
        unclear = [unit for unit in units if unit.verdict != Verdict.CLEAR]
        listed = [*unclear, *(unit for unit in units if unit.verdict == Verdict.CLEAR)]
        yield self.chapter("按单元", "By unit")
        yield from self.table(
            self.head(
                ("编号", "Code"), ("名称", "Name"), ("上级", "Parent"), ("结论", "Verdict"),
                ("错误", "Errors"), ("待审批", "Approvals"),
            ),
            [
                (u.unit, u.name, u.parent, self.t(u.verdict_name), u.errors, u.approvals)
                for u in listed
            ],
            (2, 2.4, 2, 1.6, 0.8, 1),
            {at: (3, VERDICT_FILL[u.verdict]) for at, u in enumerate(listed)},
        )  # fmt: skip
        yield from self.projects()
        codes = list(dict.fromkeys(unit.unit for unit in unclear))
        pages = unit_pages(self.dossier, codes[:PAGES])
        if len(codes) > PAGES:
            zh = f"以下为前 {PAGES} 个；其余 {len(codes) - PAGES} 个的单元页见 report.html。"
            en = f"The first {PAGES} follow; report.html has pages of {len(codes) - PAGES} others."
            yield Para(self.said(zh, en), "note")
        shapes = self.shapes()
        for code in codes[:PAGES]:
            yield Break(landscape=False)
            yield from self.unit(pages[code], shapes.get(code))

    def projects(self) -> Iterator[Block]:
        rows = project_rows(self.dossier)
        if not rows:
            return
        yield Heading(2, self.said("项目结论", "Verdicts of projects"))
        yield from self.table(
            self.head(
                ("编号", "Code"), ("名称", "Name"), ("所属单元", "Unit"), ("结论", "Verdict"),
                ("错误", "Errors"), ("待审批", "Approvals"),
            ),
            [
                (
                    row["project"], row["name"], row["parent"],
                    self.t(words.VERDICT[row["verdict"]]), row["errors"], row["approvals"],
                )
                for row in rows
            ],
            (2, 2.4, 2, 1.6, 0.8, 1),
            {at: (3, VERDICT_FILL[row["verdict"]]) for at, row in enumerate(rows)},
        )  # fmt: skip

    def shapes(self) -> dict[str, Any]:
        layer = self.dossier.plan.layers.get(self.dossier.judged)
        if layer is None:
            return {}
        return dict(zip(layer.frame["_label"], layer.frame.geometry, strict=True))

    def unit(self, page: UnitPage, shape: Any) -> Iterator[Block]:
        name = f" {page.name}" if page.name else ""
        yield Heading(2, f"{page.unit}{name}：{self.t(page.verdict_name)}")
        if shape is not None and not shape.is_empty:
            try:
                png = still(self.dossier, self.lang, dpi=_DPI, around=shape)
                yield Picture(png, page.unit)
            except OutputError:
                yield Para(self.t(NO_FONT), "note")
        if self.t(page.governs):
            yield Para(self.t(page.governs))
        for conflict in page.conflicts:
            f = conflict.finding
            law = "；".join(self.t(source) for source in f.sources)
            yield Para(f"[{self.t(f.severity_name)}] {f.code} {self.t(f.message)}", "item")
            yield Para("；".join(filter(None, (self.t(conflict.figures), law))), "note")
        for title, lines in (
            (("须办理的审批", "Approvals due"),
             [f"{n}. {self.t(d.who)}：{self.t(d.act)}" for n, d in enumerate(page.due, 1)]),
            (("未知", "Not known"), [self.t(text) for text in page.unknown]),
            (("覆盖", "Coverage"), [self.t(text) for text in page.coverage]),
            (("可行的调整", "Ways out"),
             [f"{self.t(w.kind)} · {self.t(w.whose)}：{self.t(w.text)}" for w in page.ways]),
        ):  # fmt: skip
            if lines:
                yield Heading(3, self.said(*title))
                for line in lines:
                    yield Para(line, "item")
        yield Table(
            self.head(
                ("编制单位回复", "Reply"), ("复核意见", "Checked again"),
                ("审查人", "Reviewer"), ("日期", "Date"),
            ),
            (("\n\n", "", "", ""),),
            (4, 3, 1.2, 1.2),
            {},
        )  # fmt: skip

    def begun(self, cell: Any) -> Any:
        """Return the first lines of a cell, and how many there are more."""
        lines = str(cell).split("\n")
        if cell is None or len(lines) <= _LINES:
            return cell
        more = len(lines) - _LINES
        return "\n".join([*lines[:_LINES], self.said(f"……另有 {more} 条", f"… {more} more")])

    def opinions(self) -> Iterator[Block]:
        """Yield the forms that go back to who made the plan, and to the experts."""
        review = review_sheet(self.dossier, self.lang)
        yield self.chapter("审查意见表", "Opinion of review")
        yield from self.table(
            tuple(self.t(column.title) for column in review.columns),
            [tuple(self.begun(cell) for cell in row) for row in review.rows],
            (2, 1.6, 4, 4, 2, 1.7, 1, 1),
            review.fills,
        )
        if any(str(cell).count("\n") >= _LINES for row in review.rows for cell in row):
            zh = f"每格列出前 {_LINES} 条，全部见 findings.xlsx。"
            en = f"The first {_LINES} of each cell; findings.xlsx has all of them."
            yield Para(self.said(zh, en), "note")
        if not review.rows:
            yield Para(self.said("各单元均未发现问题。", "Nothing stands against any unit."))
        experts = experts_sheet(self.dossier, self.lang)
        yield self.chapter("专家意见表", "Opinions of experts")
        yield Table(
            tuple(self.t(column.title) for column in experts.columns),
            (("\n", "", "", "", ""),) * _EXPERTS,
            (1.4, 1.4, 6, 1.6, 4),
            {},
        )
