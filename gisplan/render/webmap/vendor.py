"""Fetch the map's third-party files again: a developer's script, run by hand.

    python -m gisplan.render.webmap.vendor

Each package comes whole from the package registry that npm is set up for (`npm pack`, which
installs nothing and runs nothing). Only the files that the map uses and the licence are kept.
A package whose bytes are not those that `vendor.toml` remembers is refused, unless --accept is
given. No address is written anywhere: name, version and integrity say what it was.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
MANIFEST = ASSETS / "vendor.toml"
_SOURCE_MAP = re.compile(r"^//[#@] sourceMappingURL=.*\n?|/\*[#@] sourceMappingURL=.*?\*/", re.M)
LIMIT = 400_000  # bytes of all assets: they are in every map


@dataclass(frozen=True, slots=True)
class Package:
    """One package as pinned: what of it the map uses."""

    name: str
    version: str
    licence: str
    licence_file: str
    files: tuple[str, ...]


PACKAGES = (
    Package(
        name="leaflet",
        version="1.9.4",
        licence="BSD-2-Clause",
        licence_file="LICENSE",
        files=(
            "dist/leaflet.js",
            "dist/leaflet.css",
            # the stylesheet names these, and other folium layers may show them
            "dist/images/layers.png",
            "dist/images/layers-2x.png",
            "dist/images/marker-icon.png",
        ),
    ),
    # inflates packed layers where the browser cannot (Firefox < 113, Safari < 16.4)
    Package(
        name="fflate",
        version="0.8.2",
        licence="MIT",
        licence_file="LICENSE",
        files=("umd/index.js",),
    ),
)


def pack(package: Package, folder: Path) -> Path:
    """Fetch one package into a folder and return the archive."""
    done = subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return folder / done.stdout.strip().splitlines()[-1]


def integrity(archive: Path) -> str:
    """Return the sha512 of an archive as npm writes it."""
    digest = hashlib.sha512(archive.read_bytes()).digest()
    return f"sha512-{base64.b64encode(digest).decode('ascii')}"


def clean(name: str, data: bytes) -> bytes:
    """Return a file as kept: scripts and styles without a source map and with plain line ends."""
    if not name.endswith((".js", ".css")):
        return data
    text = data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return _SOURCE_MAP.sub("", text).encode("utf-8")


def kept_name(name: str) -> str:
    """Return where a file is kept: without `dist/`, which ignore lists would leave out."""
    return name.removeprefix("dist/")


def unpack(package: Package, archive: Path, home: Path) -> None:
    """Keep what the map uses of a package under home/<name>/."""
    with tarfile.open(archive) as tar:
        for name in (*package.files, package.licence_file):
            member = tar.extractfile(f"package/{name}")
            if member is None:
                raise LookupError(f"{package.name}: {name} is no file of the package")
            target = home / package.name / kept_name(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(clean(name, member.read()))


def manifest(found: list[tuple[Package, str]]) -> str:
    """Return the text of vendor.toml."""
    lines = ["# Written by gisplan/render/webmap/vendor.py: what the map's assets are.", ""]
    for package, digest in found:
        lines += [
            "[[package]]",
            f'name = "{package.name}"',
            f'version = "{package.version}"',
            f'integrity = "{digest}"',
            f'licence = "{package.licence}"',
            f'licence_file = "{package.licence_file}"',
            "files = [",
            *(f'    "{kept_name(name)}",' for name in package.files),
            "]",
            "",
        ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Fetch all packages, check them against vendor.toml, write the assets."""
    known = {}
    if MANIFEST.exists():
        entries = tomllib.loads(MANIFEST.read_text("utf-8"))["package"]
        known = {(entry["name"], entry["version"]): entry["integrity"] for entry in entries}
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            archive = pack(package, Path(folder))
            digest = integrity(archive)
            expected = known.get((package.name, package.version), digest)
            if digest != expected and "--accept" not in arguments:
                sys.stderr.write(f"{package.name}: {digest}, but vendor.toml has {expected}\n")
                return 1
            unpack(package, archive, ASSETS)
            found.append((package, digest))
    MANIFEST.write_text(manifest(found), "utf-8", newline="\n")
    size = sum(path.stat().st_size for path in ASSETS.rglob("*") if path.is_file())
    sys.stdout.write(f"{len(found)} package(s), {size} bytes\n")
    return 0 if size <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
