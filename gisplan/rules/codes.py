"""Administrative codes: which digits name the place, and which only fill up."""

from __future__ import annotations


def admin_prefix(code: str) -> str:
    """Return a code as the prefix of the codes below it: "210100" -> "2101", "210000" -> "21".

    Only the pairs of zeros that end a 6-digit code are filling; any other code is a prefix itself.
    """
    if len(code) != 6 or not code.isdigit():
        return code
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code
