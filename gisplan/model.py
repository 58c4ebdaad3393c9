"""The nouns of gisplan: frozen records that the stages hand to each other.

No behaviour lives here, and importing it pulls in no geometry library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import datetime as dt

    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

Lang = Literal["zh", "en"]


class Text(NamedTuple):
    """A text that a user sees, in Chinese and in English."""

    zh: str
    en: str


class Severity(StrEnum):
    """How much a finding weighs: 错误, 警告, 提示."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Ruling(StrEnum):
    """What heritage law says of an act, strictest first (domain.md D.3)."""

    PROHIBITED = "prohibited"
    EXCEPTION_ONLY = "exception_only"
    APPROVAL = "approval"
    CONSULTATION = "consultation"
    NOTICE = "notice"


class Verdict(StrEnum):
    """The answer for one unit, strictest first."""

    BLOCKED = "blocked"
    UNDETERMINED = "undetermined"
    CONDITIONAL = "conditional"
    CLEAR = "clear"


class Outcome(StrEnum):
    """What became of a rule in a run. A missing input is never a pass."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_JUDGED = "not_judged"
    CRASHED = "crashed"


# --- what is declared -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A standard field of a layer, with the names that offices give it."""

    name: str
    type: str  # text | code | number | integer | date | boolean | list
    title: Text
    aliases: tuple[str, ...] = ()
    required: bool = False
    unit: str = ""
    codelist: str = ""
    from_name: bool = False  # the name of its file may say it where no column does


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A layer or table that gisplan knows: its fields, shapes and names."""

    name: str
    kind: str  # tier | layer | table
    title: Text
    fields: Mapping[str, FieldSpec]
    geometry: tuple[str, ...] = ()  # polygon | line | point; empty for a table
    aliases: tuple[str, ...] = ()  # words in file or layer names that give it away
    disjoint: bool = False  # its features may not overlap
    overlap_severity: Severity = Severity.ERROR
    single: bool = False  # a feature is one piece of land


@dataclass(frozen=True, slots=True)
class Tier:
    """One level of the transmission chain (规划传导层级)."""

    name: str
    title: Text
    rank: int  # 0 is the top
    spec: LayerSpec
    partitions_parent: bool = False
    code_pattern: str | None = None  # None: codes are the plan's own, nothing is demanded of them
    nested_codes: bool = False  # a code begins with its parent's
    chained: bool = True  # False: in the plan beside the declared chain; nesting is not demanded
    scale: int | None = None  # its denominator, where the plan states one


# --- what the user says -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LayerSource:
    """Where one layer of a plan comes from: a table of `gisplan.toml`, or a recognised file."""

    layer: str
    path: str  # as written: "pa.shp", "a.zip!in/b.shp", "x.gpkg|layer"
    encoding: str | None = None
    crs: str | None = None
    partitions_parent: bool | None = None
    code_pattern: str | None = None
    scale: int | str | None = None  # a denominator, or "by-tier"; see catalogue.scales
    fields: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    unit: str | None = None  # of the heights of a raster
    covers: tuple[str, ...] | None = None  # codes of areas that a heritage source speaks about
    valid_on: dt.date | None = None  # the day that a heritage source is up to
    declared: bool = True  # False: recognised by name, fields and content
    why: Text | None = None  # how it was recognised


@dataclass(frozen=True, slots=True)
class Waiver:
    """An accepted exception (例外说明)."""

    reason: str
    by: str
    fingerprint: str | None = None
    code: str | None = None
    feature: str | None = None
    related: str | None = None
    until: dt.date | None = None
    at: tuple[float, float] | None = None  # longitude, latitude of the defect
    within: float = 20.0  # metres from there
    measure: float | None = None  # what was accepted; a finding that differs by a tenth is another


@dataclass(frozen=True, slots=True)
class Exemption:
    """A class of features that a rule does not hold for (豁免), as the plan declares it."""

    rule: str  # a code, or the beginning of codes
    where: Mapping[str, Any]  # field -> value, all of which a feature must have
    reason: str
    by: str
    layer: str | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class AllowedGap:
    """Land of a parent that a tier which tiles may leave uncovered, as the plan declares it."""

    layer: str  # the tier that leaves it
    at: tuple[float, float]  # longitude, latitude of a place in it
    max_area: float  # m2; a larger gap is another one
    reason: str
    by: str
    parent: str | None = None  # code of the parent whose land it is
    within: float = 20.0  # metres from the place
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ExamSettings:
    """How the city exam (城市体检) of a plan is computed: [exam] of `gisplan.toml`."""

    year: int | None = None  # None: the latest year that its inputs name
    detour: float = 1.3  # a way over a straight line, where no road says it
    along_roads: bool = True  # walking times along the roads, where the plan has some
    residential: tuple[str, ...] = ("0701", "0703")  # codes of land use, with all below them
    # a table of layers/exam/landcover.toml by name, or classes and their codes; None: not said
    landcover: str | Mapping[str, tuple[int, ...]] | None = None
    targets: Mapping[str, float] = field(default_factory=dict)  # indicator -> target
    weights: Mapping[str, float] = field(default_factory=dict)  # indicator -> weight, else 1


@dataclass(frozen=True, slots=True)
class PlanConfig:
    """What `gisplan.toml` says, or what stands in for it."""

    root: Path  # folder that paths are relative to
    layers: tuple[LayerSource, ...]
    file: Path | None = None  # the gisplan.toml itself
    name: str = ""
    working_crs: str | None = None
    lang: Lang | None = None
    tiers: tuple[str, ...] | None = None
    scale: int | str | None = None  # of the tiers that state none of their own
    version: str = ""  # of the plan, as its office calls it: 送审稿
    submitted_by: str = ""  # 送审单位
    reviewed_by: str = ""  # 审查单位
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    allowed_gaps: tuple[AllowedGap, ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)  # those that differ: read/limits.py
    memory_share: float = 0.9  # of what is free, that a run may take: read/limits.py
    exam: ExamSettings = field(default_factory=ExamSettings)
    given: Path | None = None  # what the user named as the plan
    own_file: bool = True  # False: `file` is a --config that lies elsewhere
    lines: Mapping[str, int] = field(default_factory=dict)  # dotted key -> line, for messages


# --- what was read ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InputRecord:
    """One input as found, for the provenance list of every result."""

    path: str  # relative to the plan, never absolute
    sha256: str
    layer: str
    driver: str
    count: int
    encoding: str | None = None
    encoding_from: str | None = None  # declared | cpg | ldid | detected | format
    crs: str | None = None  # "EPSG:4529", else WKT
    crs_from: str | None = None  # file | declared | confirmed | None when unknown
    crs_evidence: Text | None = None  # what proved the CRS, or that x and y are exchanged
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A fact that reading or normalising came upon; the SRC, SCH and GEO rules judge it.

    `kind` is one of catalogue.notes.KINDS, which lists what `detail` holds for each.
    """

    kind: str
    layer: str = ""
    path: str = ""
    record: int | None = None  # row in the file, from 0
    feature: str | None = None  # label of the feature, where it has one
    column: str | None = None  # standard or source field
    detail: Mapping[str, Any] = field(default_factory=dict)
    geometry: BaseGeometry | None = None  # working CRS, where the place is known


@dataclass(frozen=True, slots=True)
class Raster:
    """A grid of heights (地表模型、地形模型): where it lies and what its numbers mean.

    Its cells are not in memory: whoever needs some reads a window of band 1.
    """

    layer: str  # surface | terrain
    path: str  # as results name it
    source: Path | bytes  # the file; its bytes where it came out of an archive that is gone
    crs: str | None  # None: neither the file nor the plan says it
    transform: tuple[float, ...]  # a to f: x = a*column + b*row + c, y = d*column + e*row + f
    width: int
    height: int
    nodata: float | None = None
    unit: str | None = None  # of the heights, as written; None: nobody says it
    unit_from: str | None = None  # declared | file
    metres: float | None = None  # of one unit; None: not known


@dataclass(frozen=True, slots=True)
class RawLayer:
    """One source as found: columns decoded but not renamed, shapes as stored.

    `frame` has a RangeIndex (row in the file) and, unless it is a table, a `geometry` column
    whose CRS is the file's, else the declared one, else None (record.crs_from tells). Where
    records could not be read whole (a ring that is not closed, a shape without attributes, a row
    out of step) it also has `_read_fault_zh` and `_read_fault_en`: the reason, None for sound
    records. Such a record counts as read and belongs into quarantine.
    Where one area of a plan is reviewed (normalise.part), `rows` are the rows in the file of what
    was kept, and `outside` is how many features were not; else `frame` has all of them.
    """

    source: LayerSource
    record: InputRecord
    frame: pd.DataFrame
    raster: Raster | None = None  # then the frame is empty
    rows: np.ndarray | None = None
    outside: int = 0


@dataclass(frozen=True, slots=True)
class Layer:
    """One normalised layer: standard fields, one metric CRS, every feature accounted for.

    `frame` has a RangeIndex, called fid. Its columns are every field of the spec (missing ones
    all-null; `found` tells which the source has), `geometry` in the working CRS unless it is a
    table, and four of ours:
    `_label` (code, else "@lon,lat" to 5 decimals), `_record`, `_path`, `_source_area` (planar, in
    the CRS of the file; NaN for lines, points, tables).
    `quarantine` has columns _label, code, _record, _path, reason_zh, reason_en, geometry (the
    pessimistic shape in the working CRS, or None where the place is unknown).
    `pessimistic` maps fid to the largest shape that an invalid, repaired feature could mean, and
    `least` to the smallest, where that is smaller than what it was repaired to.
    `outside` counts features of the files that are no part of the area under review (Plan.part).
    """

    name: str
    spec: LayerSpec
    frame: gpd.GeoDataFrame
    found: frozenset[str]
    read: int
    repaired: int = 0
    quarantine: pd.DataFrame | None = None
    pessimistic: Mapping[int, BaseGeometry] = field(default_factory=dict)
    least: Mapping[int, BaseGeometry] = field(default_factory=dict)
    tier: Tier | None = None
    paths: tuple[str, ...] = ()
    outside: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """The one area that is reviewed of a larger plan: a feature of a tier above the judged one."""

    layer: str
    label: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as gisplan understands it. `layers` holds tiers, layers and tables by name."""

    config: PlanConfig
    chain: tuple[Tier, ...]  # top first, also tiers that the plan does not have
    layers: Mapping[str, Layer]
    working_crs: str  # "EPSG:4529"
    notes: tuple[Note, ...]
    inputs: tuple[InputRecord, ...]
    rasters: Mapping[str, tuple[Raster, ...]] = field(default_factory=dict)  # in a known CRS
    part: Part | None = None  # of which the layers hold what concerns it; None: all of the plan


# --- what was judged --------------------------------------------------------------------------


class Filtered(NamedTuple):
    """What a rule left out as digitising noise (滤除碎片), so that totals reconcile."""

    pieces: int
    area_m2: float


@dataclass(frozen=True, slots=True)
class RuleRun:
    """One rule in one run. `offenders` has the columns of catalogue.judgement.COLUMNS."""

    code: str
    outcome: Outcome
    count: int
    offenders: pd.DataFrame
    not_judged: pd.DataFrame  # layer, fid, why_zh, why_en
    why: Text | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    filtered: Filtered | None = None


@dataclass(frozen=True, slots=True)
class LayerCount:
    """The account of one layer: read = checked + quarantined, always.

    `outside`: features of its files that were left out, for one area alone is reviewed.
    """

    layer: str
    tier: bool
    read: int
    checked: int
    quarantined: int
    repaired: int
    outside: int = 0


@dataclass(frozen=True, slots=True)
class SetAside:
    """A feature in quarantine, or a whole file of them: which, why, and where it may lie.

    `record` counts from 0; None where it is `features` features of a file without a CRS. `place`
    is a point of `shape`, its longitude and latitude; both None where the place is unknown.
    `shape` is the largest one that the feature could mean, in EPSG:4490.
    """

    layer: str
    path: str
    record: int | None
    feature: str
    features: int
    reason: Text
    place: tuple[float, float] | None = None
    shape: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Mended:
    """A shape that was repaired, or of which parts were dropped, and what became of its area.

    Areas are in the plane of the working CRS; None for lines and points. A bow-tie has an area of
    0 before, for its halves are wound against each other.
    """

    layer: str
    path: str
    record: int
    feature: str
    what: Text
    before_m2: float | None = None
    after_m2: float | None = None
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class CellsChanged:
    """Cells of one column that were read otherwise than they are written.

    `kind` is code_repaired (read as `after`), blank_word (a mark for an empty cell), unreadable or
    undecodable (null now, and a finding each). `examples` holds record, before, after.
    """

    layer: str
    path: str
    field: str
    kind: str
    count: int
    examples: tuple[tuple[int | None, str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class FieldsRead:
    """Which columns of a file became which standard fields, and which nobody reads."""

    layer: str
    path: str
    fields: Mapping[str, tuple[str, ...]]  # standard field -> columns, where the names differ
    unused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that no layer was read from: not readable, or taken for nothing that is known."""

    layer: str
    path: str
    unreadable: bool
    reason: Text


@dataclass(frozen=True, slots=True)
class Accounts:
    """What was read otherwise than it is written: nothing is changed or left out unsaid."""

    aside: tuple[SetAside, ...] = ()
    mended: tuple[Mended, ...] = ()
    cells: tuple[CellsChanged, ...] = ()
    fields: tuple[FieldsRead, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """Something wrong with a file, and what a review would do about it.

    kind : a note's kind (catalogue.notes.KINDS) or a rule's code
    count : features, cells or files that it concerns
    act : read (as it is, and said) · mended · emptied (cells count as empty) · aside (features
        are quarantined) · left_out (the file is not read) · ask (the user must decide or mend)
    """

    kind: str
    count: int
    act: str
    wrong: Text
    done: Text


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Provenance of a run. Only `started` and `seconds` differ between equal runs."""

    gisplan: str
    started: str
    seconds: float
    engine: str
    working_crs: str
    libraries: Mapping[str, str]
    inputs: tuple[InputRecord, ...]
    rule_set: str = ""  # hash of the rules, catalogue.ruleset


@dataclass(frozen=True, slots=True)
class AreaSum:
    """Areas that the features of a layer, or of one land use, state beside those of the map.

    Only features that state an area count, `stating` of `features`; areas in m2, those of the map
    ellipsoidal. `judgement`: agrees, differs, or unchecked.
    """

    layer: str
    use: str  # code of land use; "" for the layer as a whole
    features: int
    stating: int
    stated_m2: float
    map_m2: float
    judgement: str


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One indicator that an area is given, beside what the areas below make of it (指标平衡).

    `asked`, `done`, `reserve` and `difference` (done and reserve less asked) are in `unit`; None
    where unknown. `done` counts what is there: `missing` names the children without a value, who
    are never counted as 0. `judgement`: agrees, differs (against what is binding), explain, or
    unchecked, and then `why`. `kind` is that of the findings on this row. `sources` as in findings.
    """

    tier: str
    area: str
    row: int  # in the indicator table
    kind: str
    indicator: str
    name: str
    unit: str
    nature: str
    requirement: str
    rollup: str
    year: int | None
    asked: float | None
    reserve: float | None
    done: float | None
    difference: float | None
    below: str  # the tier of the children
    children: int
    missing: tuple[str, ...]
    judgement: str
    why: Text | None
    sources: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Transmission:
    """How much of one kind a tier passes down to the next, or a control line to who acts on it.

    `kind`: boundary, code, list, timing, mode, line, line-copy. Of `features` below `failed` have
    an error that stands and `explain` only warnings, notices or waived errors; `above` counts
    features above with either, `aside` what could not be judged. `rules` ran, `unchecked` did not.
    `judgement`: agrees, differs, explain, unchecked; agrees only where every rule of the kind ran.
    `sources` as in findings.
    """

    upper: str  # layer
    lower: str
    kind: str
    features: int
    failed: int
    explain: int
    above: int
    aside: int
    rules: tuple[str, ...]
    unchecked: tuple[str, ...]
    judgement: str
    why: Text | None
    sources: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Consistency:
    """How consistent one tier is down the chain (传导一致性), never without what it leaves open.

    `score` is between 0 and 1, None where no mandatory rule was judged on any feature. `failed`
    counts errors that stand, `explain` warnings and waived errors; the last two what was not
    checked: mandatory rules, and features that a rule could not judge.
    """

    tier: str
    features: int
    rules: int
    score: float | None
    failed: int
    explain: int
    unchecked_rules: int
    unchecked_features: int


@dataclass(frozen=True, slots=True)
class SightProfile:
    """The ray of a view over the place where it leaves an actor least room, as a section.

    `distance` from the eye and heights above the datum, in metres, None where not known. `start`
    and `stop`: where the actor stands under the ray; `at`: where there is least room.
    """

    distance: tuple[float, ...]
    ground: tuple[float | None, ...]
    surface: tuple[float | None, ...]
    sight: tuple[float | None, ...]
    start: float
    stop: float
    at: float
    planned: float  # height above the ground
    excess: float
    existing: float | None  # what stands above the sight today; negative: below
    existing_at: float | None


@dataclass(frozen=True, slots=True)
class HeritageSource:
    """One file of a heritage layer: what is in it, and what it is said to cover.

    kinds : kind of zone or class of body, and how many
    first, last : days of approval or designation, of the features that state one
    covers : codes of areas, as gisplan.toml declares them; None where it declares none
    missing : of these, codes that no tier of the plan has
    extent : west, south, east, north of its features; no proof that the source is complete there
    """

    layer: str
    path: str
    features: int
    kinds: tuple[tuple[str, int], ...]
    first: dt.date | None
    last: dt.date | None
    valid_on: dt.date | None
    covers: tuple[str, ...] | None
    missing: tuple[str, ...]
    extent: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Unspoken:
    """A feature that the declared coverage of a heritage layer leaves out, or the part of it."""

    source_layer: str
    layer: str
    fid: int
    feature: str
    share: float
    area_m2: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the heritage sources say of themselves. `declared`: layers of which a source does."""

    sources: tuple[HeritageSource, ...] = ()
    declared: tuple[str, ...] = ()
    unspoken: tuple[Unspoken, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a map leaves the house.

    approval_number : 审图号 of a public map
    coordinates : metres of the grid that vertices are rounded to; None leaves them as they are
    clearance : the office says that building detail over a large extent may be shown
    """

    audience: str = "internal"  # internal | public
    approval_number: str = ""
    coordinates: float | None = None
    clearance: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What people wrote about a finding in a workbook (问题—整改台账); "" where nothing."""

    fingerprint: str
    code: str = ""
    feature: str = ""
    description: str = ""
    state: str = ""  # 处理状态
    mending: str = ""  # 整改情况
    exception: str = ""  # 例外说明
    by: str = ""  # 复核人
    until: str = ""  # 例外有效期
    more: tuple[tuple[str, str], ...] = ()  # heading and text of columns that people added

    @property
    def said(self) -> bool:
        """Whether anybody wrote anything."""
        return bool(self.state or self.mending or self.exception or self.by or self.until
                    or self.more)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything a renderer gets; it decides nothing.

    findings : GeoDataFrame in EPSG:4490, sorted, columns fingerprint, code, severity, ruling,
        state, layer, feature, related_layer, related, measure, unit, limit, measures (dict),
        message_zh, message_en, remedy_zh, remedy_en, sources (list of dict), lon, lat, bbox (list
        of 4 or None), waiver (dict or None), kind (the rule's own, tells defects of one code and
        pair apart), geometry (evidence; may be None)
    verdicts : DataFrame, sorted by unit, columns unit, name, verdict, errors, approvals, reasons
        (list of fingerprints), why_zh, why_en (lists of texts: what is unknown or due), parent,
        approvals_due (list of dict, see findings.approvals: the steps in the order of the law),
        unknown_zh, unknown_en (of why: what is unknown), others (fingerprints of what concerns
        the unit and does not weigh)
    project_verdicts : likewise of the tiers below the judged one: columns layer, project in place
        of unit; None where nobody asked
    resolutions : what would clear the heritage conflicts that block (findings.resolutions), in
        EPSG:4490; None where nobody asked
    notices : what the reader should know of the run itself: files left out, rasters not used
    accounts : what was set aside, repaired, read otherwise than written, or left out
    balance : indicators of areas beside those below, by tier, area, indicator and year; empty
        where no rule on indicators was asked for
    area_sums : areas stated beside those of the map, by layer and land use (图数一致性)
    consistency : of each tier that the plan has, top first
    transmission : what each tier passes down besides indicators, by pair of tiers, top first
    coverage : which heritage sources there are, and what they say they cover
    profiles : sections through the views that findings are about, by fingerprint
    terms : on what terms a map of it may be shown
    left_out : what a public edition does not show (findings.edition)
    ledger : replies of former rounds, by fingerprint (read.ledger)
    not_fully_judged : what to mend first where the run is not fully judged (findings.status)
    """

    plan: Plan
    run: RunRecord
    layers: tuple[LayerCount, ...]
    rules: tuple[RuleRun, ...]
    findings: gpd.GeoDataFrame
    verdicts: pd.DataFrame
    judged: str  # name of the tier that the verdicts are about
    notices: tuple[Text, ...] = ()
    accounts: Accounts = Accounts()
    balance: tuple[BalanceRow, ...] = ()
    area_sums: tuple[AreaSum, ...] = ()
    consistency: tuple[Consistency, ...] = ()
    transmission: tuple[Transmission, ...] = ()
    project_verdicts: pd.DataFrame | None = None
    profiles: Mapping[str, SightProfile] = field(default_factory=dict)
    resolutions: gpd.GeoDataFrame | None = None
    coverage: Coverage = Coverage()
    terms: Terms = Terms()
    left_out: tuple[Text, ...] = ()
    ledger: Mapping[str, Reply] = field(default_factory=dict)
    not_fully_judged: Text | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one run to the next.

    new, mended, worse : findings as in `Dossier.findings`; mended ones as they were, worse ones as
        they are, with a column `before` for the former measure
    unchanged : how many findings are as before
    verdicts : unit, name, before, after: the units whose verdict changed; None where there is none
    """

    new: pd.DataFrame
    mended: pd.DataFrame
    worse: pd.DataFrame
    unchanged: int
    verdicts: pd.DataFrame


@dataclass(frozen=True, slots=True)
class ExamDossier:
    """The outcome of a city exam (城市体检): what `gisplan exam` draws everything from.

    The columns of the tables are those of gisplan.exam: `values` of examine, `scores` of priority,
    `problems`, `closure` and `idle` of trace, `candidates` and `projects` of the modules of these
    names, `units` of unit_projects, `programme` of against_programme, `states` of projects,
    `reporting` and `lists` of reporting, `goals` of goals.
    """

    plan: Plan
    run: RunRecord
    year: int | None
    last_year: int | None
    levels: tuple[str, ...]
    values: pd.DataFrame
    missing: Mapping[str, Text]  # indicators without a value anywhere -> why
    scores: pd.DataFrame
    candidates: pd.DataFrame
    problems: pd.DataFrame | None  # None: the plan has no problems
    closure: pd.DataFrame | None
    idle: pd.DataFrame | None
    projects: pd.DataFrame
    units: pd.DataFrame  # projects, money and progress of each renewal unit
    programme: pd.DataFrame  # the projects beside what the province states of all
    states: pd.DataFrame
    reporting: pd.DataFrame  # the cities and zones that report to the province
    goals: pd.DataFrame  # the highest tier against its targets
    lists: pd.DataFrame  # project pool and annual plan, each against the wider one
    boundary: Text  # what the land of a place is
    notes: tuple[Text, ...] = ()
