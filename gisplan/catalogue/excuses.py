"""What to call a waiver (例外说明) or an exemption (豁免): by what it names."""

from __future__ import annotations

from gisplan.model import Exemption, Waiver


def excuse_name(excuse: Waiver | Exemption) -> str:
    """Return the fingerprint, code, features and place of a waiver; rule and fields of a class."""
    if isinstance(excuse, Exemption):
        return " ".join([excuse.rule, *(f"{k}={v}" for k, v in excuse.where.items())])
    words = [excuse.fingerprint, excuse.code, excuse.feature, excuse.related]
    if excuse.at is not None:
        words.append(f"{excuse.at[0]:g},{excuse.at[1]:g}")
    return " ".join(word for word in words if word)
