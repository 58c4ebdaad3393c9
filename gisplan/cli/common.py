"""What the commands share: options, the language, progress, the last line of an error."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gisplan.model import Lang, Terms, Text

if TYPE_CHECKING:
    from gisplan.model import Plan
    from gisplan.pipeline import Progress, Result


class LangOption(StrEnum):
    """The languages that gisplan speaks."""

    ZH = "zh"
    EN = "en"


PlanArgument = Annotated[
    Path,
    typer.Argument(
        metavar="PLAN",
        help="文件夹、.zip、.gpkg、.gdb 或 gisplan.toml · a folder or one of these",
        show_default=False,
    ),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="另用的 gisplan.toml · a gisplan.toml elsewhere")
]
Language = Annotated[LangOption | None, typer.Option("--lang", help="语言 · language")]
EngineOption = Annotated[
    str,
    typer.Option("--engine", help="计算引擎：local、dask、dask=tcp://主机:端口 · where to measure"),
]
CacheOption = Annotated[
    bool,
    typer.Option(
        "--cache/--no-cache", help="沿用未改动区县的量算结果 · reuse what is measured already"
    ),
]
JobsOption = Annotated[int, typer.Option("--jobs", min=1, help="线程数 · threads")]
SelectOption = Annotated[
    list[str] | None,
    typer.Option("--select", help="只查这些规则，逗号分隔 · only these rules: HER,BND101"),
]
IgnoreOption = Annotated[
    list[str] | None, typer.Option("--ignore", help="不查这些规则 · leave these rules out")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="CODE.param=value", help="规则参数 · a rule's parameter"),
]
WithinOption = Annotated[
    str | None,
    typer.Option(
        "--within",
        metavar="AREA",
        help="只审查一个市或区县（代码或名称），其余数据读后即舍 · review one city or district "
        "alone (code or name); what does not concern it is let go as it is read",
        show_default=False,
    ),
]
LimitOption = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=VALUE",
        help="提高读取上限，如 table_mib=2048 · raise a limit of reading",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="只显示错误 · errors only")]
NoProgressOption = Annotated[
    bool, typer.Option("--no-progress", help="不显示进度 · no progress bar")
]


def locale_lang() -> Lang:
    """Return the language of the locale: Chinese when it cannot be told."""
    asked = os.environ.get("GISPLAN_LANG", "")
    for name in (asked, os.environ.get("LC_ALL"), os.environ.get("LC_MESSAGES"),
                 os.environ.get("LANG"), locale.getlocale()[0]):  # fmt: skip
        word = (name or "").split(".")[0].lower()
        if word not in {"", "c", "posix"}:
            return "zh" if word.startswith(("zh", "chinese")) else "en"
    return "zh"


def guess_lang(arguments: Sequence[str]) -> Lang:
    """Return the language for messages before the arguments are parsed."""
    for at, word in enumerate(arguments):
        value = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and at + 1 < len(arguments):
            value = arguments[at + 1]
        if value in {"zh", "en"}:
            return "zh" if value == "zh" else "en"
    return locale_lang()


def choose_lang(option: LangOption | None, plan: Plan | None = None) -> Lang:
    """Return the language: the option, else the plan's, else the locale's."""
    if option is not None:
        return "zh" if option is LangOption.ZH else "en"
    declared = plan.config.lang if plan is not None else None
    return declared or locale_lang()


def one_line(message: str) -> str:
    """Return a message in one line that cannot steer a terminal, whatever names are in it."""
    shown = "".join(sign if sign.isprintable() else " " for sign in message)
    return " ".join(shown.split())


def say_error(message: str, lang: Lang) -> None:
    """Print the one line that ends a run that could not be done."""
    head = "错误：" if lang == "zh" else "error: "
    typer.echo(head + one_line(message), err=True)


def say_interrupted(arguments: Sequence[str]) -> int:
    """Print that the run was interrupted, and return the exit status."""
    lang = guess_lang(arguments)
    zh, en = "已中断，原有结果未改动", "interrupted; a former result is as it was"
    say_error(zh if lang == "zh" else en, lang)
    return 2


def split_codes(options: list[str] | None) -> list[str]:
    """Return codes given as `A,B` or by repeating the option."""
    return [code.strip() for option in options or [] for code in option.split(",") if code.strip()]


@contextmanager
def progress_bar(lang: Lang, shown: bool) -> Iterator[Progress | None]:
    """Show what is being done, on a terminal only."""
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(bar_width=24), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(text: Text) -> None:
            bar.update(task, description=text.zh if lang == "zh" else text.en)

        yield tell


def run_review(
    plan_path: Path,
    *,
    lang: LangOption | None,
    jobs: int,
    shown: bool,
    config: Path | None = None,
    engine: str = "local",
    cache: bool = False,
    select: list[str] | None = None,
    ignore: list[str] | None = None,
    settings: list[str] | None = None,
    limits: list[str] | None = None,
    terms: Terms | None = None,
    resolutions: bool = True,
    within: str | None = None,
) -> tuple[Result, Lang]:
    """Open and review a plan as the common options say; ways out only where they are shown."""
    from gisplan.catalogue.settings import parse_assignments
    from gisplan.read.limits import parse_limits

    if engine != "local":
        from gisplan.measure.engines import check_engine

        check_engine(engine)  # before a large plan is read
    assigned = parse_assignments(settings or [])
    raised = parse_limits(limits or [])
    with progress_bar(choose_lang(lang), shown) as tell:
        from gisplan.pipeline import open_plan, review

        plan = open_plan(plan_path, config=config, limits=raised, within=within, progress=tell)
        result = review(
            plan,
            select=split_codes(select),
            ignore=split_codes(ignore),
            settings=assigned,
            engine=engine,
            jobs=jobs,
            cache=cache,
            progress=tell,
            terms=terms,
            resolutions=resolutions,
        )
    return result, choose_lang(lang, plan)


def warn_unreadable(result: Result, lang: Lang) -> None:
    """Print the last line of a run that is not fully judged: what to mend first."""
    why = result.dossier.not_fully_judged
    if why is not None:
        head = "未能完整判定：" if lang == "zh" else "not fully judged: "
        typer.echo(head + one_line(why.zh if lang == "zh" else why.en), err=True)
