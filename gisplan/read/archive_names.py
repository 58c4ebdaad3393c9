"""Tells what the members of a zip are called, which many tools write down wrong.

The format knows cp437 and, by a flag, UTF-8. Windows in Chinese writes GBK and sets no flag, macOS
writes UTF-8 and sets none, some tools add the name in UTF-8 in an extra field, and an archive that
two offices put together has members of several kinds.
"""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence

from gisplan.read.cells import decode_cells
from gisplan.read.encoding import choose

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075


def member_names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the name of each member, in order, with slashes between folders.

    Parameters
    ----------
    infos : sequence of ZipInfo
        As zipfile gives them where it was told of no encoding.

    Returns
    -------
    list of str
        A name that no encoding makes sense of has its odd bytes as %FF: the member is there, and
        its name shows what is wrong. Accents are in one form (NFC): macOS parts them.
    """
    names: dict[int, str] = {}
    raw: dict[int, bytes] = {}
    for at, info in enumerate(infos):
        if info.flag_bits & _UTF8_FLAG:
            names[at] = info.orig_filename
        else:
            raw[at] = info.orig_filename.encode("cp437")
            extra = _in_extra(info.extra, raw[at])
            if extra is not None:
                names[at] = extra
    unsaid = {at: part for at, part in raw.items() if at not in names}
    names |= dict(zip(unsaid, _decoded(list(unsaid.values())), strict=True))
    return [_clean(names[at]) for at in range(len(infos))]


def _in_extra(extra: bytes, raw: bytes) -> str | None:
    """Return the name in UTF-8 that an extra field holds, if it is this name's."""
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and len(body) > 5 and body[0] == 1:
            (checked,) = struct.unpack("<I", body[1:5])
            if checked != zlib.crc32(raw):
                return None  # the member was renamed by a tool that did not know the field
            try:
                return body[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
    return None


def _decoded(raw: Sequence[bytes]) -> list[str]:
    """Decode names that say nothing of their encoding: together first, then each that is odd."""
    different = list(dict.fromkeys(raw))
    encoding = choose(different, default="cp437").encoding
    if encoding == "ASCII":
        return [name.decode("ascii") for name in raw]
    cells = decode_cells(different, encoding)
    known = {
        name: _escaped(name) if text is None else text
        for name, text in zip(different, cells.texts, strict=True)
    }
    return [known[name] for name in raw]


def _escaped(raw: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else f"%{byte:02X}" for byte in raw)


def _clean(name: str) -> str:
    """Return a name with slashes, its accents in one form, and no control characters."""
    name = unicodedata.normalize("NFC", name.split("\0", maxsplit=1)[0].replace("\\", "/"))
    return "".join(f"%{ord(c):02X}" if unicodedata.category(c) == "Cc" else c for c in name)
