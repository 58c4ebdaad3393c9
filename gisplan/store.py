"""Keeps bytes by a key in the user's cache folder: nothing that is not whole is ever given back.

Each entry is a file that begins with a checksum of its key and content. It is written under a
temporary name and moved into place. What is cut short, altered or filed under another key does not
match and is removed. A folder that others may write to is not used.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 2 * 1024**3  # what a folder may hold; the entries that were used last stay
_SUFFIX = ".entry"
_DIGEST = hashlib.sha256().digest_size


class Store:
    """Entries in a folder, which is made when the first one is written.

    Parameters
    ----------
    folder : Path
    most_bytes : int
        `tidy` removes the entries that were not used for longest until they are no more than this.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder, self.most_bytes = folder, most_bytes

    def get(self, key: str) -> bytes | None:
        """Return the content of a key, None where there is none that can be believed."""
        path = self._path(key)
        try:
            written = path.read_bytes()
        except OSError:
            return None
        digest, content = written[:_DIGEST], written[_DIGEST:]
        if digest != _digest(key, content) or not self._is_ours():
            self.drop(key)
            return None
        with suppress(OSError):
            os.utime(path)  # so that it is among those used last
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep a content; where the disk does not let us, it is not kept, and nothing else."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._is_ours():
                return
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        except OSError:
            return
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(key, content) + content)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)

    def drop(self, key: str) -> None:
        """Remove an entry."""
        with suppress(OSError):
            self._path(key).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what was not used for longest, and what a killed run left half written."""
        found: list[tuple[float, int, Path]] = []
        with suppress(OSError):
            for path in self.folder.iterdir():
                with suppress(OSError):
                    facts = path.stat()
                    found.append((facts.st_mtime, facts.st_size, path))
        newest = max((changed for changed, _, _ in found), default=0.0)
        total = 0
        for changed, size, path in sorted(found, reverse=True):
            total += size
            left_over = path.suffix == ".part" and changed < newest - 3600
            if (total > self.most_bytes or left_over) and path.suffix in {_SUFFIX, ".part"}:
                with suppress(OSError):
                    path.unlink()

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}{_SUFFIX}"

    def _is_ours(self) -> bool:
        """Tell whether nobody else can write into the folder."""
        if sys.platform == "win32":
            return True  # a user's folder of local data is closed to others
        try:
            facts = self.folder.stat()
        except OSError:
            return False
        return facts.st_uid == os.geteuid() and not facts.st_mode & 0o022


def _digest(key: str, content: bytes) -> bytes:
    digest = hashlib.sha256(f"{len(key)} {key}".encode())
    digest.update(content)
    return digest.digest()


def cache_folder() -> Path:
    """Return where this user's caches are: GISPLAN_CACHE, else the system's own place for them."""
    named = os.environ.get("GISPLAN_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA")
        return Path(home or Path.home() / "AppData" / "Local") / "gisplan" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "gisplan"
    home = os.environ.get("XDG_CACHE_HOME")
    return Path(home or Path.home() / ".cache") / "gisplan"
