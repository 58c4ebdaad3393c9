"""What may stand in `gisplan.toml`, as pydantic models."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    """A table of the file: unknown keys are errors, and nothing is made fit by force."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PlanSection(_Section):
    """[plan]."""

    name: str = ""
    version: str = ""
    submitted_by: str = ""
    reviewed_by: str = ""
    working_crs: str | None = None
    lang: Literal["zh", "en"] | None = None
    scale: Any = None


class ChainSection(_Section):
    """[chain]."""

    tiers: list[str] | None = None


class LayerSection(_Section):
    """[layers.NAME], or one entry of [[layers.NAME]]."""

    path: str
    encoding: str | None = None
    crs: str | None = None
    unit: str | None = None
    partitions_parent: bool | None = None
    code_pattern: str | None = None
    scale: Any = None
    covers: list[str] | None = None
    valid_on: dt.date | None = None
    fields: dict[str, str | list[str]] = Field(default_factory=dict)
    values: dict[str, Any] = Field(default_factory=dict)


class WaiverSection(_Section):
    """One entry of [[waivers]]."""

    reason: str
    by: str
    fingerprint: str | None = None
    code: str | None = None
    feature: str | None = None
    related: str | None = None
    until: dt.date | None = None
    at: list[float] | None = Field(default=None, min_length=2, max_length=2)
    within: float = Field(default=20.0, gt=0)
    measure: float | None = None


class ExemptionSection(_Section):
    """One entry of [[exemptions]]."""

    rule: str
    where: dict[str, Any]
    reason: str
    by: str
    layer: str | None = None
    until: dt.date | None = None


class AllowedGapSection(_Section):
    """One entry of [[allowed_gaps]]."""

    layer: str
    at: list[float] = Field(min_length=2, max_length=2)
    max_area: float = Field(gt=0, allow_inf_nan=False)
    reason: str
    by: str
    parent: str | None = None
    within: float = Field(default=20.0, gt=0, le=1000)
    until: dt.date | None = None


class CoverSection(_Section):
    """[exam.landcover]: the codes of a land cover raster, by class."""

    green: list[int] = Field(default_factory=list)
    sealed: list[int] = Field(default_factory=list)
    other: list[int] = Field(default_factory=list)


class ExamSection(_Section):
    """[exam]."""

    year: int | None = Field(default=None, ge=1949, le=2200)
    detour: float = Field(default=1.3, ge=1, le=5)
    along_roads: bool = True
    residential: list[str] = Field(default=["0701", "0703"], min_length=1)
    landcover: str | CoverSection | None = None
    targets: dict[str, float] = Field(default_factory=dict)
    weights: dict[str, float] = Field(default_factory=dict)


SECTIONS = (
    "plan", "chain", "layers", "rules", "waivers", "exemptions", "allowed_gaps", "limits",
    "exam",
)  # fmt: skip
