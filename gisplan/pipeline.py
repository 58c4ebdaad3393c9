"""Composes the stages: read, normalise, measure, judge, findings, render.

The only module besides `cli/` that sees them all.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import gisplan
from gisplan import watch
from gisplan.catalogue.judgement import NOT_SELECTED, Tables
from gisplan.catalogue.judgement import judged as no_judgement
from gisplan.catalogue.registry import registry
from gisplan.catalogue.ruleset import rule_set
from gisplan.catalogue.scales import set_tolerances
from gisplan.catalogue.settings import choose_rules, resolve_settings
from gisplan.catalogue.tables import build_tables, judged_tier
from gisplan.errors import GisplanError, OutputError, PlanError
from gisplan.exam.run import run_exam
from gisplan.exam.stated import Key
from gisplan.findings.build import build_dossier
from gisplan.findings.difference import difference
from gisplan.findings.part import owners_of
from gisplan.findings.resolutions import Means, draw_resolutions
from gisplan.findings.status import exit_status, why_not_fully_judged
from gisplan.measure.clearance import measure_clearance, measure_standing
from gisplan.measure.engines import LOCAL, check_engine, check_memory, measure_by
from gisplan.measure.publication import publication_notes
from gisplan.memory import give_back, seldom_collecting
from gisplan.model import (
    Difference,
    Dossier,
    ExamDossier,
    Lang,
    Outcome,
    Plan,
    PlanConfig,
    Reply,
    RuleRun,
    RunRecord,
    Terms,
    Text,
)
from gisplan.normalise.part import Selection
from gisplan.normalise.plan import normalise
from gisplan.normalise.upper import with_upper
from gisplan.output import Reserved, write_together
from gisplan.output.manifest import NAME as MANIFEST
from gisplan.output.manifest import file_hash, is_untouched, manifest_writer, seen_from
from gisplan.output.ours import belongs_to_result
from gisplan.read.ledger import read_ledger
from gisplan.read.plan import read_plan
from gisplan.rules.again import judge_again
from gisplan.rules.judge import run_rule
from gisplan.surroundings import clean_environment

if TYPE_CHECKING:
    import folium

Progress = Callable[[Text], None]


@seldom_collecting()
def open_plan(
    path: str | Path,
    *,
    config: str | Path | None = None,
    limits: Mapping[str, float] | None = None,
    within: str | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Read a plan: a folder, a .zip, a .gpkg, a .gdb or a gisplan.toml.

    Parameters
    ----------
    path : str or Path
        Where the plan is.
    config : str or Path, optional
        A gisplan.toml that lies elsewhere.
    limits : mapping, optional
        Name -> value of what reading may take on (`read/limits.py`); wins over `[limits]`.
    within : str, optional
        Code or name of an area above the judged tier, which alone is to be reviewed: of each
        file what concerns it is kept as soon as it was read (`normalise/part.py`).
    progress : callable, optional
        Called with a Text before each step.

    Returns
    -------
    Plan
        Every layer normalised, every feature accounted for.

    Raises
    ------
    PlanError, ReadError
        The plan cannot be used as it stands; the message names the file and the remedy.
    """
    tell = _tell(progress)
    tell(Text("读取", "reading"))
    with clean_environment():
        file = None if config is None else Path(config)
        selection = None if within is None else Selection(within)
        while True:
            plan_config, raws, notes = read_plan(
                Path(path),
                file,
                lambda name: tell(Text(f"读取 {name}", f"reading {name}")),
                limits,
                selection=selection,
            )
            again = None if selection is None else selection.again
            if again is None:
                break
            selection, raws, notes = again, [], []  # let go before they are read again
        resolve_settings(registry(), plan_config.rules, plan_config.lines)
        plan_config = replace(plan_config, given=Path(path), own_file=config is None)
        tell(Text("规整", "normalising"))
        plan = normalise(plan_config, raws, notes)
        if selection is not None:
            plan = replace(plan, part=selection.part_of(plan, judged_tier(plan)))
    del raws
    give_back()
    return plan


def impact(
    upper: str | Path,
    plan: str | Path,
    *,
    config: str | Path | None = None,
    limits: Mapping[str, float] | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> tuple[Difference, Result]:
    """Review a plan as it is, and under a changed upper plan.

    Parameters
    ----------
    upper : str or Path
        The changed upper plan: one or more tiers, control lines, indicators, the register. It is
        taken as the whole of the layers that it has (`normalise/upper.py`).
    plan : str or Path
        The plan below.
    config, limits, jobs, progress
        As for `open_plan` and `review`; `config` is the plan's.

    Returns
    -------
    tuple of Difference and Result
        What changed, and the review under the new upper plan.

    Raises
    ------
    PlanError, ReadError
        One of the two cannot be read.
    """
    below = open_plan(plan, config=config, limits=limits, progress=progress)
    above = _open_upper(Path(upper), below, limits, progress)
    after = review(with_upper(below, above), jobs=jobs, progress=progress)
    before = review(below, jobs=jobs, progress=progress)
    return difference(before.dossier, after.dossier), after


def _open_upper(
    path: Path, below: Plan, limits: Mapping[str, float] | None, progress: Progress | None
) -> Plan:
    """Read an upper plan into the chain and the working CRS of the plan below."""
    tell = _tell(progress)
    with clean_environment():
        config, raws, notes = read_plan(
            path,
            None,
            lambda name: tell(Text(f"读取 {name}", f"reading {name}")),
            limits,
            below.config.tiers,
        )
        config = replace(config, working_crs=below.working_crs, tiers=below.config.tiers)
        return normalise(config, raws, notes)


@seldom_collecting()
def review(
    plan: Plan,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    engine: str = LOCAL,
    jobs: int = 1,
    cache: bool = False,
    progress: Progress | None = None,
    resolutions: bool = True,
    terms: Terms | None = None,
) -> Result:
    """Check a plan down the chain, overlay heritage and judge every unit.

    Parameters
    ----------
    plan : Plan
        From `open_plan`; left unchanged.
    select, ignore : iterable of str
        Rule codes or beginnings of codes (`"HER"`). A rule left out makes no unit clear.
    settings : mapping, optional
        Rule code -> parameter -> value; wins over the plan's own `[rules]`.
    engine : str
        Where the measures are worked out: `"local"`, `"dask"` (workers on this machine) or
        `"dask=tcp://HOST:PORT"`. The result does not depend on it.
    jobs : int
        Threads for the measures; with Dask the workers to start. Nor does it depend on this.
    cache : bool
        Of large plans, whether measures of districts that have not changed since a former review
        are taken from the user's cache folder, and new ones kept there. Nor on this.
    progress : callable, optional
        Called with a Text before each step.
    resolutions : bool
        Whether ways out are worked out: most of the time where many units are blocked.
    terms : Terms, optional
        On what terms a map will be shown: the rules on publication (PUB) judge them.

    Returns
    -------
    Result
        Findings, verdicts, and the means to show and save them.
    """
    check_engine(engine)
    tell = _tell(progress)
    began = time.monotonic()
    started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    rules = registry()
    chosen = choose_rules(rules, select, ignore)
    declared = {code: dict(values) for code, values in plan.config.rules.items()}
    for code, given in (settings or {}).items():
        declared.setdefault(code, {}).update(given)
    values = resolve_settings(rules, declared, plan.config.lines)
    values = set_tolerances(values, declared, rules, plan.chain)
    notes = plan.notes + publication_notes(plan, terms or Terms())
    plan = replace(plan, config=replace(plan.config, rules=declared), notes=notes)

    judged = judged_tier(plan)
    tell(Text("量算", "measuring"))
    check_memory(plan, plan.config.memory_share)
    needed = {"parents", "doubt", "unspoken"}.union(*(rules[code].rule.measures for code in chosen))
    measures = measure_by(plan, sorted(needed), judged, engine=engine, jobs=jobs, cache=cache)
    give_back()
    tables = build_tables(plan, measures, judged, dt.date.fromisoformat(started[:10]))
    runs = []
    for code, entry in rules.items():
        tell(Text(f"判定 {code} {entry.rule.title.zh}", f"judging {code} {entry.rule.title.en}"))
        if code in chosen:
            runs.append(run_rule(entry, tables, values[code]))
        else:
            nothing = no_judgement()
            runs.append(
                RuleRun(
                    code, Outcome.SKIPPED, 0, nothing.offenders, nothing.not_judged, NOT_SELECTED
                )
            )
    tables.forget()
    give_back()
    tell(Text("汇总结论", "drawing up findings"))
    record = RunRecord(
        gisplan=gisplan.__version__,
        started=started,
        seconds=round(time.monotonic() - began, 2),
        engine=LOCAL,  # whose figures these are; where they were worked out is no part of them
        working_crs=plan.working_crs,
        libraries=_libraries(),
        inputs=plan.inputs,
        rule_set=rule_set(),
    )
    dossier = build_dossier(plan, tables, runs, record)
    give_back()
    if not resolutions:
        return Result(_narrowed(dossier, tables))
    tell(Text("测算化解途径", "working out what would resolve the conflicts"))
    means = Means(
        again=lambda changes, of: judge_again(rules, values, chosen, tables, changes, of),
        clearance=lambda asked: measure_clearance(plan, judged, asked, jobs),
        standing=lambda asked: measure_standing(plan, judged, asked, jobs),
    )
    ways_out = draw_resolutions(plan, tables, dossier.findings, means)
    give_back()
    return Result(_narrowed(replace(dossier, resolutions=ways_out), tables))


def _narrowed(dossier: Dossier, tables: Tables) -> Dossier:
    """Return what concerns the area under review; all of it where that is the whole plan."""
    part = dossier.plan.part
    if part is None:
        return dossier
    from gisplan.render.part import of_part

    dossier = of_part(dossier, part, *owners_of(dossier.plan, tables, part))
    return replace(dossier, not_fully_judged=why_not_fully_judged(dossier))


def _tell(progress: Progress | None) -> Progress:
    """Return what tells both a user and the process that watches over this one."""

    def tell(text: Text) -> None:
        watch.stage(text)
        if progress is not None:
            progress(text)

    return tell


def _libraries() -> dict[str, str]:
    import pyogrio
    import pyproj
    import shapely

    return {
        "geos": ".".join(map(str, shapely.geos_version)),
        "proj": pyproj.proj_version_str,
        "gdal": ".".join(map(str, pyogrio.__gdal_version__)),
        "geopandas": gpd.__version__,
        "shapely": shapely.__version__,
    }


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a review."""

    dossier: Dossier

    @property
    def findings(self) -> gpd.GeoDataFrame:
        """Findings with their evidence, EPSG:4490, sorted; model.Dossier lists the columns."""
        return self.dossier.findings

    @property
    def verdicts(self) -> pd.DataFrame:
        """One row a unit: unit, name, verdict, errors, approvals, reasons."""
        return self.dossier.verdicts

    @property
    def exit_status(self) -> int:
        """0 judged without error, 1 at least one error, 2 not fully judged."""
        return exit_status(self.dossier)

    @property
    def lang(self) -> Lang:
        """The plan's language, Chinese where it names none."""
        return self.dossier.plan.config.lang or "zh"

    def explore(self, lang: Lang | None = None) -> folium.Map:
        """Return the web map, which a notebook shows."""
        from gisplan.render.webmap.map import build_map

        return build_map(self.dossier, lang or self.lang)

    @seldom_collecting()
    def save(
        self,
        folder: str | Path | Reserved,
        lang: Lang | None = None,
        *,
        shapefiles: bool = False,
        ledger: str | Path | None = None,
        docx: bool = False,
        pdf: bool = False,
        template: str | Path | None = None,
        by_district: bool = False,
        heat: bool = False,
    ) -> dict[str, Path]:
        """Write everything that `gisplan review` writes into a folder.

        All files are written under temporary names and moved into place together.

        Parameters
        ----------
        folder : str, Path or Reserved
            Made if it is not there. `output.reserve` keeps it from before the plan is read.
        lang : str, optional
            "zh" or "en"; else the plan's.
        shapefiles : bool
            Findings and units as shapefiles too. Those of a former run are always renewed.
        ledger : str or Path, optional
            A `findings.xlsx` of a former round, whose replies are carried over by fingerprint;
            else the one in the folder, so that no reply is lost.
        docx, pdf : bool
            The report for Word, or as PDF, too. Those of a former run are renewed only when asked
            for, and go otherwise.
        template : str or Path, optional
            The office's own Word template, in which a paragraph `{{gisplan}}` marks the place.
        by_district : bool
            One dossier for each addressee too, in `by-district/CODE/`: findings and report of what
            concerns it (`render.districts.by_district`). Those of a former run go otherwise.
        heat : bool
            `conflicts_heat.tif` too: how dense the heritage conflicts lie, as Cloud-Optimized
            GeoTIFF.

        Returns
        -------
        dict of str to Path
            File name -> where it is now.
        """
        from gisplan.render.gpkg import write_gpkg
        from gisplan.render.json import write_json
        from gisplan.render.report import write_report
        from gisplan.render.shp_result import NAMES, shapefile_writers
        from gisplan.render.webmap.map import write_map
        from gisplan.render.xlsx import write_xlsx

        watch.stage(Text("写出结果", "writing the result"))
        home = folder.folder if isinstance(folder, Reserved) else Path(folder)
        replies = _replies(home, None if ledger is None else Path(ledger))
        dossier, words = replace(self.dossier, ledger=replies), lang or self.lang
        writers: dict[str, Callable[[Path], object]] = {
            "findings.json": lambda path: write_json(dossier, path),
            "findings.gpkg": lambda path: write_gpkg(dossier, path, words),
            "findings.xlsx": lambda path: write_xlsx(dossier, path, words, "map.html"),
            "report.html": lambda path: write_report(dossier, path, words),
            "map.html": lambda path: write_map(dossier, path, words, report="report.html"),
        }
        if shapefiles or (home / NAMES[0]).exists():
            writers |= shapefile_writers(dossier, words)
        if heat:
            writers |= _conflicts_heat(dossier)
        form = None if template is None else Path(template)
        writers |= _papers(dossier, words, docx, pdf, form)
        made_from = _made_from(dossier.run, dossier.plan.config, home)
        writers[MANIFEST] = manifest_writer(made_from | {"replies": len(replies)})
        files = write_together(folder if isinstance(folder, Reserved) else home, writers)
        return files | _save_parts(dossier if by_district else None, home, words, docx, pdf, form)


def _papers(
    dossier: Dossier, words: Lang, docx: bool, pdf: bool, form: Path | None
) -> dict[str, Callable[[Path], object]]:
    """Return what writes the report for Word and as PDF, where it is asked for."""
    if not (docx or pdf):
        return {}
    from gisplan.render.paper import paper

    drawn = lru_cache(lambda: paper(dossier, words))  # its pictures take the most time
    writers: dict[str, Callable[[Path], object]] = {}
    if docx:
        from gisplan.render.docx import write_docx

        writers["report.docx"] = lambda path: write_docx(dossier, path, words, form, drawn())
    if pdf:
        from gisplan.render.pdf import write_pdf

        writers["report.pdf"] = lambda path: write_pdf(dossier, path, words, drawn())
    return writers


# What a register of heritage says against itself is no conflict of the plan with it.
_OF_THE_REGISTER = ("HER110", "HER112")


def _conflicts_heat(dossier: Dossier) -> dict[str, Callable[[Path], object]]:
    """Return what writes where heritage conflicts lie; PlanError where none could be found."""
    if not {"heritage_body", "heritage_zone"} & set(dossier.plan.layers):
        raise PlanError(
            "没有历史文化图层，无法生成冲突热力栅格（--heat）",
            "no layer of heritage: a raster of conflicts (--heat) would show nothing proved",
        )
    found = dossier.findings
    mine = found[found["code"].str.startswith("HER") & (found["severity"] != "info")]
    mine = mine[~mine["code"].isin(_OF_THE_REGISTER)]
    shapes = np.asarray(mine.geometry.to_crs(dossier.plan.working_crs).array, dtype=object)
    title = Text("历史文化冲突密度", "density of heritage conflicts")
    return {"conflicts_heat.tif": _heat_writer(dossier.plan, shapes, title)}


def _heat_writer(plan: Plan, points: Any, title: Text) -> Callable[[Path], object]:
    """Return what writes the density of features over the land of the plan's highest tier."""
    from gisplan.measure.heat import NO_DATA, heat
    from gisplan.measure.scene import Scene
    from gisplan.render.cog import write_cog

    scene = Scene(plan, "")
    top = next((t.name for t in scene.tiers() if scene.has(t.name)), None)
    land = np.empty(0, dtype=object) if top is None else scene.shapes(top)
    land = land[shapely.get_dimensions(land) == 2]
    if not len(land):
        raise PlanError(
            "没有任何层级的面图层，无法生成热力栅格（--heat）",
            "no tier with areas: a raster (--heat) has no land to stand on",
        )

    def write(path: Path) -> None:
        grid = heat(points, land)
        tags = {
            "title": title.en,
            "title_zh": title.zh,
            "unit": "1/km2",
            "kernel": f"quartic, radius {grid.radius_m:g} m",
            "features": str(grid.points),
        }
        write_cog(
            grid.cells, grid.west, grid.north, grid.cell_m, plan.working_crs, NO_DATA, path, tags
        )

    return write


def _save_parts(
    dossier: Dossier | None, home: Path, words: Lang, docx: bool, pdf: bool, form: Path | None
) -> dict[str, Path]:
    """Write one dossier for each addressee; what a former run wrote and this one does not goes."""
    from gisplan.render.districts import by_district
    from gisplan.render.json import write_json
    from gisplan.render.report import write_report
    from gisplan.render.xlsx import write_xlsx

    folder = home / "by-district"
    parts = {} if dossier is None else by_district(dossier)
    for former in sorted(folder.iterdir()) if folder.is_dir() else ():
        if former.is_dir() and former.name not in parts:
            for file in [file for file in former.iterdir() if belongs_to_result(file)]:
                file.unlink()
            with suppress(OSError):  # the user keeps a file of their own in it
                former.rmdir()
    if folder.is_dir() and not parts:
        with suppress(OSError):
            folder.rmdir()
    for name, part in parts.items():
        writers: dict[str, Callable[[Path], object]] = {
            "findings.json": partial(write_json, part),
            "findings.xlsx": partial(write_xlsx, part, lang=words, map_file="../../map.html"),
            "report.html": partial(write_report, part, lang=words),
            **_papers(part, words, docx, pdf, form),
        }
        write_together(folder / name, writers)
    return {f"by-district/{name}": folder / name for name in parts}


def _replies(home: Path, ledger: Path | None) -> dict[str, Reply]:
    """Return what people wrote into a workbook of findings: the one named, else the former one."""
    from gisplan.render.sheets.ledger import own_headings, unset_states

    file = home / "findings.xlsx" if ledger is None else ledger
    if ledger is None and (not belongs_to_result(file) or is_untouched(home, file.name)):
        return {}
    try:
        found = read_ledger(file, own_headings(), unset_states())
    except GisplanError as error:
        if ledger is not None:
            raise
        raise OutputError(
            f"{file}：无法读出其中的回复（{error.text.zh}），请先移走或改名",
            f"{file}: the replies in it cannot be read ({error.text.en}); move it away first",
        ) from None
    return {key: reply for key, reply in found.items() if reply.said}


def _made_from(run: RunRecord, config: PlanConfig, home: Path) -> dict[str, Any]:
    """Return what a result is made from; places are seen from its folder, never absolute."""
    file = config.file if config.file is not None and config.file.is_file() else None
    return {
        "gisplan": run.gisplan,
        "rule_set": run.rule_set,
        "libraries": dict(sorted(run.libraries.items())),
        "plan": seen_from(home, config.given),
        "config": None if config.own_file else seen_from(home, file),
        "config_sha256": None if file is None else file_hash(file),
        "inputs": [
            {"path": record.path, "layer": record.layer, "sha256": record.sha256}
            for record in run.inputs
        ],
    }


def exam(
    plan: Plan, *, jobs: int = 1, last: Mapping[Key, tuple[int, float]] | None = None
) -> ExamResult:
    """Examine a plan (城市体检): indicators, their grades, problems and where they went.

    Parameters
    ----------
    plan : Plan
        From `open_plan`; left unchanged.
    jobs : int
        Threads. The result does not depend on it.
    last : mapping, optional
        Values of a former exam, from `gisplan.exam.former.read_former`.
    """
    dossier = run_exam(
        plan, libraries=_libraries(), version=gisplan.__version__, jobs=jobs, last=last
    )
    return ExamResult(dossier)


def _problems_heat(dossier: ExamDossier) -> dict[str, Callable[[Path], object]]:
    """Return what writes where the unsolved problems lie; PlanError where nobody says it."""
    layer = dossier.plan.layers.get("exam_problem")
    if dossier.problems is None or layer is None or "geometry" not in layer.frame:
        raise PlanError(
            "没有带位置的体检问题图层，无法生成问题热力栅格（--heat）",
            "no layer of exam problems with places: no raster (--heat) can be made of them",
        )
    frame = layer.frame.sort_values("_label", kind="stable")
    left = (dossier.problems["stage"] != "solved").to_numpy()
    shapes = np.asarray(frame["geometry"].array, dtype=object)[left]
    title = Text("未解决体检问题密度", "density of exam problems not solved")
    return {"problems_heat.tif": _heat_writer(dossier.plan, shapes, title)}


@dataclass(frozen=True, slots=True)
class ExamResult:
    """The outcome of a city exam."""

    dossier: ExamDossier

    @property
    def exit_status(self) -> int:
        """0 examined, 2 where a feature was quarantined. A missed target is no error."""
        layers = self.dossier.plan.layers.values()
        return 2 if any(x.quarantine is not None and len(x.quarantine) for x in layers) else 0

    @seldom_collecting()
    def save(
        self, folder: str | Path | Reserved, lang: Lang | None = None, *, heat: bool = False
    ) -> dict[str, Path]:
        """Write exam.json, .xlsx, .gpkg, .html, exam_map.html and the manifest into a folder.

        With `heat` also `problems_heat.tif`: how dense the problems lie that are not solved, as
        Cloud-Optimized GeoTIFF.
        """
        from gisplan.render.exam.gpkg import write_exam_gpkg
        from gisplan.render.exam.json import write_exam_json
        from gisplan.render.exam.map import write_exam_map
        from gisplan.render.exam.report import write_exam_report
        from gisplan.render.exam.sheets import write_exam_xlsx

        watch.stage(Text("写出结果", "writing the result"))
        dossier = self.dossier
        words: Lang = lang or dossier.plan.config.lang or "zh"
        writers: dict[str, Callable[[Path], object]] = {
            "exam.json": lambda path: write_exam_json(dossier, path),
            "exam.xlsx": lambda path: write_exam_xlsx(dossier, path, words),
            "exam.gpkg": lambda path: write_exam_gpkg(dossier, path),
            "exam.html": lambda path: write_exam_report(dossier, path, words),
            "exam_map.html": lambda path: write_exam_map(dossier, path, words),
        }
        if heat:
            writers |= _problems_heat(dossier)
        home = folder.folder if isinstance(folder, Reserved) else Path(folder)
        writers[MANIFEST] = manifest_writer(_made_from(dossier.run, dossier.plan.config, home))
        return write_together(folder if isinstance(folder, Reserved) else home, writers)
