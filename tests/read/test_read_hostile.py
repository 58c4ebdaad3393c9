"""Nothing is opened as what it is not, and whatever is wrong is said in one line of words."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import test_read_formats_agree as plans
from made_drawings import SQUARE, drawing, polyline, write_dxf

from gisplan.errors import ReadError
from gisplan.read.formats import FORMATS, inner_layers, read_source
from gisplan.read.inspect import inspect_path
from gisplan.read.workspace import Workspace

FILES = sorted(set(FORMATS) - {".gdb"})
TEXTS = {".csv", ".tsv"}  # take any text for a table


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """Return a sound file of each format that needs no other library, by extension."""
    home = tmp_path_factory.mktemp("samples")
    for name in ("shp", "geojson", "fgb", "kml", "tab", "mif", "csv"):
        (home / name).mkdir()
        plans.WRITERS[name](home / name)
    plans.write_gpkg(home)
    write_dxf(home / "x.dxf", drawing(polyline("单元", SQUARE)))
    found = {path.suffix: path.read_bytes() for path in sorted(home.rglob("*.*"))}
    return {extension: found[extension] for extension in FILES if extension in found}


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def outcome(path: Path):
    """Return what was read, or the text of the refusal; anything else is an error of the test."""
    try:
        with Workspace() as space:
            names = inner_layers(path, space)
            return read_source(path, path.parent, space, names[0] if names else None)
    except ReadError as error:
        text = error.text
    assert all(words.startswith(path.name) and "\n" not in words for words in text)
    return text


def hostile(secret: Path) -> dict[str, bytes]:
    source = f"<SrcDataSource>{secret}</SrcDataSource>"
    vrt = f"<OGRVRTDataSource><OGRVRTLayer name='s'>{source}</OGRVRTLayer></OGRVRTDataSource>"
    stream = (
        '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read %s ! write"}'
    )
    return {
        "nothing": b"",
        "a blank": b" \n",
        "zeros": bytes(4096),
        "noise": bytes(range(256)) * 16,
        "vrt": vrt.encode(),
        "vrt after blanks": b"\n\n  " + vrt.encode(),
        "algorithm": (stream % secret).encode(),
        "wfs": b"<OGRWFSDataSource><URL>http://127.0.0.1:9/wfs</URL></OGRWFSDataSource>",
        "service": b"<GDAL_WMS><Service name='TMS'/></GDAL_WMS>",
        "connection": b"PG:host=127.0.0.1",
        "path": f"/vsicurl/http://127.0.0.1:9/{secret}".encode(),
    }


@pytest.mark.parametrize("extension", FILES)
def test_what_a_file_is_not_it_is_not_opened_as(tmp_path, extension):
    secret = tmp_path / "elsewhere" / "secret.csv"
    secret.parent.mkdir()
    secret.write_text("id,geheim\n1,x\n")
    home = tmp_path / "plan"
    home.mkdir()
    for name, content in hostile(secret).items():
        path = home / f"x{extension}"
        path.write_bytes(content)
        found = outcome(path)
        if isinstance(found, tuple):
            continue
        assert extension in TEXTS, name
        assert "geheim" not in found.fields


@pytest.mark.parametrize("extension", FILES)
def test_a_file_of_another_format_is_refused(tmp_path, samples, extension):
    for other, content in samples.items():
        if other == extension or {other, extension} <= {".json", ".geojson"}:
            continue
        path = tmp_path / f"x{extension}"
        path.write_bytes(content)
        found = outcome(path)
        assert isinstance(found, tuple) or extension in TEXTS, other


@pytest.mark.parametrize("share", [0.1, 0.5, 0.98])
def test_half_a_file_is_refused_or_its_losses_are_counted(tmp_path, samples, share):
    for extension, content in samples.items():
        if extension in {".shp", ".tab", ".mif"} | TEXTS:  # have tests with their companions
            continue
        path = tmp_path / f"x{extension}"
        path.write_bytes(content)
        whole = outcome(path)
        path.write_bytes(content[: int(len(content) * share)])
        found = outcome(path)
        if not isinstance(found, tuple) and "count_mismatch" not in {n.kind for n in found.notes}:
            assert len(found.frame) == len(whole.frame), extension


def test_inspect_says_it_of_all_of_them_at_once(tmp_path):
    for extension in FILES:
        (tmp_path / f"x{extension}").write_bytes(hostile(tmp_path / "s.csv")["vrt"])
    facts = inspect_path(tmp_path)
    assert {fact.path for fact in facts} == {f"x{extension}" for extension in FILES} - {"x.dbf"}
    assert all(fact.fault is not None for fact in facts)
