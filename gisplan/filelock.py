"""A lock on a file that the system gives back when its holder is gone, however it went."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FileLock:
    """Holds a file; the file stays where it is and may carry a few words about the holder.

    Raises
    ------
    BlockingIOError
        Another process holds it.
    OSError
        The file cannot be made, or locked, where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        while True:
            self._number = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                _lock(self._number)
            except OSError as error:
                os.close(self._number)
                if isinstance(error, (BlockingIOError, PermissionError)):
                    raise BlockingIOError(error.errno, error.strerror) from None
                raise
            if self._is_still_there():
                return
            os.close(self._number)  # its former holder took the file away between open and lock

    def _is_still_there(self) -> bool:
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(there, os.fstat(self._number))

    def say(self, words: str) -> None:
        """Put words into the file, for whoever finds it locked."""
        os.ftruncate(self._number, 0)
        os.lseek(self._number, 0, os.SEEK_SET)
        os.write(self._number, words.encode())

    def release(self, *, remove: bool = False) -> None:
        """Give the lock back; the file goes too where asked."""
        if remove and sys.platform != "win32":  # elsewhere an open file cannot be removed
            self.path.unlink(missing_ok=True)
        os.close(self._number)
        if remove and sys.platform == "win32":
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _lock(number: int) -> None:
    if sys.platform == "win32":
        os.lseek(number, 1 << 30, os.SEEK_SET)  # far behind the words, which others may read
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
