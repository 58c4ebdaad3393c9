"""Putting a folium page's links into it, and refusing what cannot be put in."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib

import pytest

from gisplan.render.webmap import vendor
from gisplan.render.webmap.inline import ASSETS, asset, inline, outside_links, script_text, seal

CDN = "https://cdn.example"


def test_folium_links_to_leaflet_are_put_in() -> None:
    page = inline(
        f'<head><script src="{CDN}/npm/leaflet@1.9.3/dist/leaflet.js"></script>'
        f'<link rel="stylesheet" href="{CDN}/npm/leaflet@1.9.3/dist/leaflet.css"/></head>'
    )
    assert "Leaflet 1.9.4" in page
    assert ".leaflet-pane" in page
    assert "url(images/" not in page
    assert "data:image/png;base64," in page


@pytest.mark.parametrize(
    "link",
    [
        f'<script src="{CDN}/jquery-3.7.1.min.js"></script>',
        f'<script src="{CDN}/npm/leaflet@2.0.0/dist/leaflet.js"></script>',
        f'<link rel="stylesheet" href="{CDN}/bootstrap@5.2.2/dist/css/bootstrap.min.css"/>',
        "<script src='local.js'></script>",
        f'<script async defer src="{CDN}/leaflet@1.9.4/dist/other.js"></script>',
    ],
)
def test_unknown_link_is_an_error(link: str) -> None:
    with pytest.raises(LookupError, match="not among its assets"):
        inline(f"<head>{link}</head>")


@pytest.mark.parametrize(
    "element",
    [
        f'<img src="{CDN}/tile.png">',
        '<img src="//cdn.example/tile.png">',
        f'<iframe src="{CDN}"></iframe>',
        f"<style>body {{ background: url('{CDN}/x.png') }}</style>",
        f'<style>@import "{CDN}/x.css";</style>',
        f'<div style="background:url({CDN}/x.png)"></div>',
        f'<a href="{CDN}">x</a>',
    ],
)
def test_anything_else_that_points_outside_is_an_error(element: str) -> None:
    with pytest.raises(LookupError, match="points outside"):
        inline(f"<body>{element}</body>")


def test_addresses_in_scripts_are_only_text() -> None:
    assert outside_links(f"<script>const s = '<a href=\"{CDN}\">';</script>") == []


def test_script_cannot_end_its_own_element() -> None:
    assert "</script" not in script_text('x = "</script><!--"').lower()
    assert "<!--" not in script_text('x = "</script><!--"')


def test_seal_names_exactly_the_scripts_of_the_page() -> None:
    page = seal("<html><head></head><script>one()</script><script>two()</script></html>")
    expected = {
        base64.b64encode(hashlib.sha256(text).digest()).decode("ascii")
        for text in (b"one()", b"two()")
    }
    assert set(re.findall(r"'sha256-([^']+)'", page)) == expected


def test_a_link_without_package_and_version_is_unknown() -> None:
    with pytest.raises(LookupError):
        asset("leaflet.js")


def test_manifest_says_what_the_assets_are() -> None:
    text = (ASSETS / "vendor.toml").read_text("utf-8")
    assert "http" not in text
    kept = {path for path in ASSETS.rglob("*") if path.is_file()}
    told = {ASSETS / "vendor.toml"}
    for entry in tomllib.loads(text)["package"]:
        assert entry["integrity"].startswith("sha512-")
        home = ASSETS / entry["name"]
        told |= {home / name for name in entry["files"]} | {home / entry["licence_file"]}
    assert kept == told
    assert sum(path.stat().st_size for path in kept) < vendor.LIMIT


def test_manifest_is_what_the_script_would_write() -> None:
    entries = tomllib.loads(vendor.MANIFEST.read_text("utf-8"))["package"]
    found = [
        (package, entry["integrity"])
        for package, entry in zip(vendor.PACKAGES, entries, strict=True)
    ]
    assert vendor.manifest(found) == vendor.MANIFEST.read_text("utf-8")


def test_no_asset_names_a_source_map() -> None:
    for path in ASSETS.rglob("*.[jc]s*"):
        assert b"sourceMappingURL" not in path.read_bytes()


def test_source_map_lines_are_dropped() -> None:
    assert vendor.clean("a.js", b"x()\r\n//# sourceMappingURL=a.js.map") == b"x()\n"
    assert vendor.clean("a.css", b"a{}/*# sourceMappingURL=a.css.map */") == b"a{}"
    png = b"\x89PNG\r\n"  # an image is kept byte for byte
    assert vendor.clean("a.png", png) == png
