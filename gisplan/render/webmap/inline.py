"""Make a rendered folium page stand alone: every script and stylesheet is put into it.

folium links to content delivery networks, and without them its maps are blank pages. What the
page links to is looked up among our own copies (`assets/`, see vendor.py); a link that is not
there is an error here, and not a hole in the map on somebody's desk.
"""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
_SCRIPT_LINK = re.compile(r"<script\b[^>]*?\bsrc\s*=\s*[\"']([^\"']*)[\"'][^>]*>\s*</script>", re.I)
_STYLE_LINK = re.compile(
    r"<link\b(?=[^>]*?\brel\s*=\s*[\"']stylesheet[\"'])[^>]*?\bhref\s*=\s*[\"']([^\"']*)[\"'][^>]*>",
    re.I,
)
_PACKAGE = re.compile(
    r"(?:^|/)(?P<name>[\w.-]+)@(?P<major>\d+)\.[\w.-]+/(?:dist/)?(?P<file>[^?#]+)$"
)
_CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
_SCRIPT_TEXT = re.compile(r"<script>(.*?)</script>", re.S)
_OUTSIDE = re.compile(r"^\s*(?:https?:|ftp:|wss?:|file:|//)", re.I)
_LINKING = frozenset(
    {"src", "href", "srcset", "action", "formaction", "poster", "data", "xlink:href"}
)


@cache
def vendored() -> dict[tuple[str, str, str], Path]:
    """Return our copies by package, major version and file."""
    entries = tomllib.loads((ASSETS / "vendor.toml").read_text("utf-8"))["package"]
    return {
        (entry["name"], entry["version"].partition(".")[0], name): ASSETS / entry["name"] / name
        for entry in entries
        for name in entry["files"]
    }


def asset(url: str) -> Path:
    """Return our copy of what a link names; LookupError where there is none.

    A link names a package as `name@version/[dist/]file`, whatever stands before it. Another
    version of the same major number is served by ours.
    """
    match = _PACKAGE.search(url)
    found = vendored().get((match["name"], match["major"], match["file"])) if match else None
    if found is None:
        raise LookupError(
            f"the map links to {url!r}, which is not among its assets; add it in vendor.py"
        )
    return found


def script_text(text: str) -> str:
    """Return a script such that no text of it can end or confuse the element around it."""
    return re.sub(r"<(?=/script|!--)", r"\\x3c", text, flags=re.I)


@cache
def _script(path: Path) -> str:
    return f"<script>{script_text(path.read_text('utf-8'))}</script>"


@cache
def _style(path: Path) -> str:
    def put_in(match: re.Match[str]) -> str:
        target = match[1]
        if target.startswith(("#", "data:")):
            return match[0]
        image = (path.parent / target).resolve()
        if image.suffix != ".png" or not image.is_relative_to(ASSETS.resolve()):
            raise LookupError(f"{path.name} names {target!r}, which is not among the assets")
        return f"url(data:image/png;base64,{base64.b64encode(image.read_bytes()).decode('ascii')})"

    return f"<style>{_CSS_URL.sub(put_in, path.read_text('utf-8'))}</style>"


def inline(page: str) -> str:
    """Return a rendered page with every linked script and stylesheet put into it.

    Raises
    ------
    LookupError
        A link is not among the assets, or something else in the page still points outside.
    """
    page = _SCRIPT_LINK.sub(lambda match: _script(asset(match[1])), page)
    page = _STYLE_LINK.sub(lambda match: _style(asset(match[1])), page)
    outside = outside_links(page)
    if outside:
        raise LookupError(f"the map still points outside: {', '.join(outside[:3])}")
    return page


class _Links(HTMLParser):
    """Collects what the elements of a page point to, and what its styles load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        values = {name: value or "" for name, value in attrs}
        self.found += [value for name, value in values.items() if name in _LINKING]
        self.found += _CSS_URL.findall(values.get("style", ""))

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.found += _CSS_URL.findall(data)
            self.found += re.findall(r"@import\s+[\"']([^\"']+)", data)


def outside_links(page: str) -> list[str]:
    """Return every address in a page that would make a browser ask the network or a file."""
    links = _Links()
    links.feed(page)
    links.close()
    return [link for link in links.found if _OUTSIDE.match(link)]


def seal(page: str, pictures_from: Sequence[str] = (), chunks: bool = False) -> str:
    """Return a page that lets nothing run but its own scripts, and nothing be fetched.

    Pictures, the tiles of a base map, may come from the hosts that are named. With `chunks` its
    own scripts may call in others: those that lie beside it.

    The policy names each script by its hash: a script that came in with the data of a plan
    would not run even if every other guard failed.
    """
    digests = sorted(
        {
            base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
            for text in _SCRIPT_TEXT.findall(page)
        }
    )
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    if chunks:
        allowed += " 'strict-dynamic'"
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        f"img-src {' '.join(['data:', *pictures_from])}; base-uri 'none'; form-action 'none'"
    )
    tag = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return page.replace("<head>", f"<head>\n{tag}", 1)
