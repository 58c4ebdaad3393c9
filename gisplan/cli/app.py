"""The `gisplan` command: its subcommands, and the one place where errors become lines.

Nothing heavy is imported here or at the top of a command's file: `--help` must feel instant.
"""

from __future__ import annotations

import contextlib
import os
import sys

import typer

from gisplan.cli import (
    bulletin,
    check,
    compare,
    demo,
    doctor,
    exam,
    explain,
    fix,
    heritage,
    impact,
    init,
    inspect,
    map,
    review,
    rules,
    verify,
    waive,
)
from gisplan.cli.calls import explain_call
from gisplan.cli.common import guess_lang, say_error, say_interrupted
from gisplan.cli.console import prepare
from gisplan.errors import GisplanError

app = typer.Typer(
    name="gisplan",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="城市更新规划传导与历史文化冲突审查 · checks urban-renewal plans down the chain "
    "and against heritage protection",
)
for _module in (
    demo, review, check, map, inspect, init, heritage, exam, bulletin, compare, impact, rules,
    explain, fix, waive, verify, doctor,
):  # fmt: skip
    app.command(name=_module.NAME, help=_module.HELP)(_module.run)


def _version(value: bool) -> None:
    if value:
        import gisplan

        typer.echo(f"gisplan {gisplan.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="版本 · version"
    ),
) -> None:
    """Hold the options that belong to no command."""


_CTRL_C = 130  # what typer makes of it


def _drop_stdout() -> None:
    """Send what is still to be printed nowhere: at its end Python would stumble on it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def run_app(arguments: list[str]) -> int:
    """Run the command line and return its exit status, 0, 1 or 2 as contract.md section 1 says."""
    prepare()
    lang = guess_lang(arguments)
    try:
        status = typer.main.get_command(app).main(
            arguments, prog_name="gisplan", standalone_mode=False
        )
        if sys.stdout is not None:
            sys.stdout.flush()
    except GisplanError as error:
        say_error(error.message(lang), lang)
    except SystemExit:  # whoever was to read the output closed the pipe: it was not delivered
        return 2
    except OSError as error:
        # All that reads or writes a file has its own error: this is the stream that is printed to.
        _drop_stdout()
        why = error.strerror or str(error)
        zh = f"标准输出无法写入（{why}），请检查磁盘空间或换一个输出位置"
        en = f"standard output cannot be written ({why}); check the disk, or send it elsewhere"
        say_error(zh if lang == "zh" else en, lang)
    except MemoryError:
        zh = "内存不足，未能完成；原有结果未改动。请关闭其他程序，或按市、区县分别审查"
        remedy = "Close other programs, or review city by city"
        en = f"out of memory; a former result is as it was. {remedy}"
        say_error(zh if lang == "zh" else en, lang)
    except Exception as error:
        wrong_call = explain_call(error, lang)
        if wrong_call is not None:
            say_error(wrong_call, lang)
        elif type(error).__name__ == "Abort":  # older versions of typer turn Ctrl-C into it
            return say_interrupted(arguments)
        elif os.environ.get("GISPLAN_DEBUG"):
            raise
        else:
            what = f"{type(error).__name__}: {error}".splitlines()[0]
            zh = f"gisplan 内部错误：{what}。请以 GISPLAN_DEBUG=1 重新运行并反馈"
            en = f"gisplan failed inside: {what}. Run again with GISPLAN_DEBUG=1 and report it"
            say_error(zh if lang == "zh" else en, lang)
    else:
        if status == _CTRL_C:
            return say_interrupted(arguments)
        return status if isinstance(status, int) else 0
    return 2
