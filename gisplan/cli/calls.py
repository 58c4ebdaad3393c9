"""Says in two languages what is wrong with a call of the command line."""

from __future__ import annotations

from typing import Any

from gisplan.model import Lang

# By the name of the class: typer brings a copy of click along, so that there may be two of each.
_CHINESE = {
    "NoSuchOption": "没有选项 {name}",
    "NoSuchCommand": "没有命令 {name}",
    "MissingParameter": "缺少 {name}",
    "BadParameter": "{name} 的值不对（{why}）",
    "BadOptionUsage": "选项 {name} 的写法不对（{why}）",
    "FileError": "文件 {name} 无法打开（{why}）",
    "UsageError": "命令写法不对（{why}）",
}


def explain_call(error: Exception, lang: Lang) -> str | None:
    """Return one line on a wrong call; None where the error is something else."""
    tell = getattr(error, "format_message", None)
    if tell is None:
        return None
    why = str(tell()).rstrip(".")
    path = _command_path(error)
    if lang == "en":
        return f"{why}; see {path} --help"
    kinds = [kind.__name__ for kind in type(error).__mro__]
    pattern = next((_CHINESE[kind] for kind in kinds if kind in _CHINESE), "{why}")
    why = str(getattr(error, "message", "") or why).rstrip(".")
    return pattern.format(name=_name(error), why=why) + f"；用法见 {path} --help"


def _command_path(error: Exception) -> str:
    context: Any = getattr(error, "ctx", None)
    return str(getattr(context, "command_path", "gisplan"))


def _name(error: Exception) -> str:
    """Return the option, argument or command that an error is about."""
    for attribute in ("option_name", "command_name", "ui_filename"):
        name = getattr(error, attribute, None)
        if name:
            return str(name)
    parameter: Any = getattr(error, "param", None)
    if parameter is None:
        return ""
    shown = getattr(parameter, "metavar", None) or ", ".join(getattr(parameter, "opts", ()))
    return str(shown or parameter.name)
