"""The name of a defect that stays the same from one run to the next."""

from __future__ import annotations

import hashlib
import json


def fingerprint(
    code: str, kind: str, layer: str, feature: str, related_layer: str | None, related: str | None
) -> str:
    """Return 16 hexadecimal digits for a defect.

    Nothing but these six enters: no row number, no measure, no place, so that neither the order of
    the rows nor the noise of the coordinates changes the name.
    """
    words = [code, kind, layer, feature, related_layer, related]
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
