"""A result is written whole or not at all."""

import pytest

from gisplan.errors import OutputError
from gisplan.output import write_together


def test_files_appear_together(tmp_path):
    out = tmp_path / "deep" / "out"
    files = write_together(
        out, {"a": lambda p: p.write_text("1"), "b": lambda p: p.write_text("2")}
    )
    assert [path.read_text() for path in files.values()] == ["1", "2"]
    assert sorted(path.name for path in out.iterdir()) == ["a", "b"]


def test_a_writer_that_fails_leaves_the_former_result_whole(tmp_path):
    write_together(tmp_path, {"a": lambda p: p.write_text("old")})

    def full(path):
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        write_together(tmp_path, {"a": lambda p: p.write_text("new"), "b": full})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_a_writer_that_fails_leaves_no_new_folder(tmp_path):
    def broken(path):
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        write_together(tmp_path / "new", {"a": broken})
    assert not (tmp_path / "new").exists()


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="not a folder"):
        write_together(tmp_path / "out", {"a": lambda p: p.write_text("1")})
