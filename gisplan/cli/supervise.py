"""The light parent: it runs the work in a child and takes the file away that hangs or crashes it.

GDAL and GEOS are C++ and read what strangers send. A crash in them ends a process, and a hang
cannot be interrupted from inside. So the work is done by a child that says which file it is at. A
file that takes too long or too much memory, or takes the child with it, is put on a list, and the
work begins anew without it: the review goes on, the file is a finding, the exit status is 2.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gisplan.cli.attempt import Attempt
from gisplan.filelock import FileLock

_ATTEMPTS = 20  # a folder in which more files than this crash the reader is beyond help
_STALE = 86_400.0  # seconds after which a folder without a lock belongs to a dead run
_PREFIX = "gisplan-run-"


def supervise(words: Sequence[str]) -> int:
    """Run a command in a child and return its exit status.

    Parameters
    ----------
    words : sequence of str
        The arguments of the command line.

    Returns
    -------
    int
        The child's own status, or 2 where it could not end by itself; then the last line on
        stderr says what became of it.
    """
    blamed: dict[str, dict[str, Any]] = {}
    with _run_folder() as folder:
        for _ in range(_ATTEMPTS):
            (folder / "blamed").write_text(json.dumps(blamed), encoding="ascii")
            attempt = Attempt(folder)
            status = attempt.run(words)
            if status is not None:
                return status
            if attempt.stopped:
                from gisplan.cli.common import say_interrupted

                return say_interrupted(words)
            news = set(attempt.files) - set(blamed)
            if not news:
                return _say(words, *_last_words(attempt))
            blamed.update(dict.fromkeys(attempt.files, attempt.blame()))
    names = sorted(blamed)
    return _say(
        words,
        f"{len(names)} 个文件使读取程序崩溃或超时，不再继续：{'、'.join(names)}",
        f"{len(names)} files crashed or stalled the reader, so it stops: {', '.join(names)}",
    )


def _last_words(attempt: Attempt) -> tuple[str, str]:
    if attempt.signal == "SIGKILL":
        zh, en = "被强制结束，可能内存不足", "was killed; perhaps the memory was not enough"
    else:
        zh, en = f"崩溃（{attempt.signal}）", f"crashed ({attempt.signal})"
    stage_zh, stage_en = attempt.stage
    remedy = "Split the data, or report this with the data"
    return (
        f"{stage_zh}时程序{zh}；原有结果未改动。请把数据分幅，或附上数据反馈此问题",
        f"gisplan {en} while {stage_en}; a former result is as it was. {remedy}",
    )


def _say(words: Sequence[str], zh: str, en: str) -> int:
    from gisplan.cli.common import guess_lang, say_error

    lang = guess_lang(words)
    say_error(zh if lang == "zh" else en, lang)
    return 2


@contextmanager
def _run_folder() -> Iterator[Path]:
    """Make the folder of this run, which holds all its temporary files, and take it away."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        with FileLock(folder / "lock"):
            _remove_dead_runs(folder)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_dead_runs(own: Path) -> None:
    """Take away the folders of runs that were killed together with their parent."""
    for folder in own.parent.glob(f"{_PREFIX}*"):
        if folder == own:
            continue
        try:
            if (folder / "lock").exists():
                FileLock(folder / "lock").release()
            elif time.time() - folder.stat().st_mtime < _STALE:
                continue  # it may have been made this very moment
        except OSError:
            continue  # alive, or another user's
        shutil.rmtree(folder, ignore_errors=True)
