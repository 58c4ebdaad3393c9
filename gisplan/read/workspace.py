"""A place outside the plan for what must be unpacked, mended or transcoded before it is read."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import TracebackType

from gisplan.read.archive import unpack
from gisplan.read.limits import DEFAULT, Limits
from gisplan.read.paths import check_regular


class Workspace:
    """A temporary folder that is gone when reading ends, however it ends.

    `limits` are those of the run: whoever reads asks the workspace how much is too much.
    """

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self.limits = limits
        self._holder = tempfile.TemporaryDirectory(prefix="gisplan-", ignore_cleanup_errors=True)
        self._home = Path(self._holder.name).resolve()
        self._unpacked: dict[Path, Path] = {}
        self._count = 0

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._holder.cleanup()

    def folder(self) -> Path:
        """Return a new empty folder."""
        self._count += 1
        path = self._home / str(self._count)
        path.mkdir()
        return path

    def holds(self, path: Path) -> bool:
        """Return whether a file lies in this place, and so will be gone with it."""
        return path.resolve().is_relative_to(self._home)

    def unpacked(self, archive: Path) -> Path:
        """Return the folder that an archive was unpacked into; each is unpacked once.

        Raises
        ------
        ReadError
            The archive is broken, unsafe or too big.
        """
        if archive not in self._unpacked:
            check_regular(archive)
            into = self.folder()
            unpack(archive, into, self.limits)
            self._unpacked[archive] = into
        return self._unpacked[archive]

    @staticmethod
    def put(source: Path, target: Path) -> None:
        """Make a file available under another name: a link, or a copy where links are not."""
        try:
            target.symlink_to(source.resolve())
        except OSError:
            shutil.copyfile(source, target)
