"""`gisplan --help` must feel instant: nothing heavy may be imported for it."""

import subprocess
import sys

HEAVY = {"pandas", "numpy", "geopandas", "shapely", "pyogrio", "fiona", "rasterio", "pyproj",
         "folium", "pydantic", "openpyxl", "xlsxwriter", "jinja2"}  # fmt: skip


def imported_by(arguments: list[str]) -> set[str]:
    code = (
        "import sys\n"
        "from gisplan.cli.main import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    # names of modules are ASCII; what the help says is in the encoding of the console
    lines = done.stderr.decode("ascii", "replace").splitlines()
    return {line.partition(".")[0] for line in lines}


def test_help_imports_nothing_heavy():
    assert not imported_by(["--help"]) & HEAVY


def test_help_of_a_command_imports_nothing_heavy():
    assert not imported_by(["review", "--help"]) & (HEAVY - {"pydantic"})  # typer's own


def test_the_list_of_heavy_modules_is_what_a_rule_page_would_import():
    assert "pandas" in imported_by(["rules"])
