"""Reads `gisplan.toml`. Whatever in it is unknown or does not fit is an error with its line."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gisplan.catalogue.exam import cover_tables, exam_indicators
from gisplan.catalogue.layers import default_chain, layer_specs, make_chain, raster_specs
from gisplan.catalogue.scales import BY_TIER, Scale, parse_scale
from gisplan.catalogue.sources_spoken import HERITAGE_LAYERS
from gisplan.catalogue.units import known_unit
from gisplan.errors import PlanError
from gisplan.model import (
    AllowedGap,
    ExamSettings,
    Exemption,
    LayerSource,
    LayerSpec,
    PlanConfig,
    Waiver,
)
from gisplan.read.crs import identify
from gisplan.read.encoding import canonical
from gisplan.read.limits import check_limit
from gisplan.read.paths import refusal
from gisplan.read.plan_schema import (
    SECTIONS,
    AllowedGapSection,
    ChainSection,
    CoverSection,
    ExamSection,
    ExemptionSection,
    LayerSection,
    PlanSection,
    WaiverSection,
)
from gisplan.read.plan_trouble import Trouble, nearest
from gisplan.read.toml_lines import key_lines

_TOML_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


def _load(file: Path) -> tuple[dict[str, Any], dict[str, int]]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise PlanError(
            f"{file.name}：无法打开（{reason}）", f"{file.name}: cannot be opened ({reason})"
        ) from None
    except UnicodeDecodeError:
        raise PlanError(
            f"{file.name}：不是 UTF-8，请另存为 UTF-8", f"{file.name}: not UTF-8; save it as UTF-8"
        ) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        match = _TOML_LINE.search(message)
        words = _TOML_LINE.sub("", message).strip()
        line = match.group(1) if match else str(len(text.splitlines()))
        raise PlanError(
            f"{file.name} 第 {line} 行：TOML 语法有误（{words}）",
            f"{file.name} line {line}: TOML syntax ({words})",
        ) from None
    return data, key_lines(text)


def _check_crs(trouble: Trouble, key: str, value: str | None) -> str | None:
    if value is not None and identify(value) is None:
        raise trouble.error(
            key,
            f'坐标系 "{value}" 无法识别，请写 "EPSG:4490" 之类',
            f'unknown CRS "{value}"; write it as "EPSG:4490"',
        )
    return value


def _chain(trouble: Trouble, data: Mapping[str, Any]) -> tuple[str, ...] | None:
    section = trouble.check(ChainSection, data.get("chain", {}), "chain")
    if section.tiers is None:
        return None
    tiers = tuple(section.tiers)
    if len(tiers) < 2 or len(set(tiers)) < len(tiers) or not all(tier.strip() for tier in tiers):
        raise trouble.error(
            "chain.tiers",
            "tiers 至少两级，名称不可重复或为空",
            "tiers needs two names or more, none twice or blank",
        )
    specs = layer_specs()
    for tier in tiers:
        if tier in specs and specs[tier].kind != "tier":
            raise trouble.error(
                "chain.tiers",
                f"{tier} 是图层名，不能作层级名",
                f"{tier} is the name of a layer and cannot be a tier",
            )
    return tiers


def _source(trouble: Trouble, name: str, key: str, entry: object, spec: LayerSpec) -> LayerSource:
    section = trouble.check(LayerSection, entry, key)
    refused = refusal(section.path)
    if refused is not None:
        raise trouble.error(
            f"{key}.path",
            f'[{key}] path = "{section.path}"：{refused.zh}',
            f'[{key}] path = "{section.path}": {refused.en}',
        )
    if section.encoding is not None and canonical(section.encoding) is None:
        raise trouble.error(
            f"{key}.encoding",
            f'没有编码 "{section.encoding}"，请写 "GB18030" 或 "UTF-8"',
            f'no encoding "{section.encoding}"; write "GB18030" or "UTF-8"',
        )
    _check_unit(trouble, f"{key}.unit", section.unit, spec)
    _check_coverage(trouble, name, key, section)
    if section.code_pattern is not None:
        try:
            re.compile(section.code_pattern)
        except re.error as error:
            raise trouble.error(
                f"{key}.code_pattern",
                f"code_pattern 不是有效的正则式（{error}）",
                f"code_pattern is no valid regular expression ({error})",
            ) from None
    for part in ("fields", "values"):
        for field in getattr(section, part):
            if field not in spec.fields:
                hint = nearest(field, spec.fields)
                raise trouble.error(
                    f"{key}.{part}.{field}",
                    f"{name} 没有标准字段 {field}{hint.zh}",
                    f"{name} has no standard field {field}{hint.en}",
                )
    return LayerSource(
        layer=name,
        path=section.path,
        encoding=section.encoding,
        crs=_check_crs(trouble, f"{key}.crs", section.crs),
        partitions_parent=section.partitions_parent,
        code_pattern=section.code_pattern,
        scale=_scale(trouble, f"{key}.scale", section.scale, spec.kind == "tier"),
        fields={
            field: source if isinstance(source, str) else tuple(source)
            for field, source in section.fields.items()
        },
        values=section.values,
        unit=section.unit,
        covers=None if section.covers is None else tuple(section.covers),
        valid_on=section.valid_on,
    )


def _check_coverage(trouble: Trouble, name: str, key: str, section: LayerSection) -> None:
    for part in ("covers", "valid_on"):
        if getattr(section, part) is not None and name not in HERITAGE_LAYERS:
            raise trouble.error(
                f"{key}.{part}",
                f"{part} 只用于图层 {'、'.join(HERITAGE_LAYERS)}",
                f"{part} is for the layers {', '.join(HERITAGE_LAYERS)} only",
            )


def _scale(trouble: Trouble, key: str, value: object, is_tier: bool = True) -> Scale | None:
    if value is None:
        return None
    if not is_tier:
        raise trouble.error(
            key,
            "scale 只用于传导层级的图层",
            "scale is for the tiers of the chain only",
        )
    try:
        return parse_scale(value)
    except ValueError:
        raise trouble.error(
            key,
            f'比例尺 {value!r} 无法识别，请写 "1:10000" 或 10000，'
            f'或 "{BY_TIER}"（各层级的常用比例尺）',
            f'no scale: {value!r}; write "1:10000" or 10000, or "{BY_TIER}" for what is usual for '
            "each tier",
        ) from None


def _check_unit(trouble: Trouble, key: str, unit: str | None, spec: LayerSpec) -> None:
    """Refuse a unit of heights that is no length, or that stands at a layer without heights."""
    if unit is None:
        return
    if spec.kind != "raster":
        raise trouble.error(
            key,
            f"unit 是栅格高程的单位，{spec.title.zh}不是栅格",
            f"unit is that of the heights of a raster; {spec.name} is none",
        )
    known = known_unit(unit)
    if known is None or known.kind != "length":
        raise trouble.error(
            key,
            f'没有长度单位 "{unit}"，请写 "m" 或 "ft"',
            f'no unit of length "{unit}"; write "m" or "ft"',
        )


def _layers(
    trouble: Trouble, data: Mapping[str, Any], tiers: tuple[str, ...] | None
) -> tuple[LayerSource, ...]:
    declared = data.get("layers", {})
    if not isinstance(declared, dict):
        raise trouble.error("layers", "应写作 [layers.图层名]", "write it as [layers.NAME]")
    specs = {
        **layer_specs(),
        **raster_specs(),
        **{tier.name: tier.spec for tier in make_chain(tiers)},
    }
    sources = []
    for name, entry in declared.items():
        key = f"layers.{name}"
        if name not in specs:
            hint = nearest(name, [*(tiers or default_chain()), *layer_specs()])
            raise trouble.error(
                key,
                f"没有图层 {name}{hint.zh}（或在 [chain] tiers 里声明）",
                f"no layer {name}{hint.en} (or declare it in [chain] tiers)",
            )
        if isinstance(entry, list):
            for number, one in enumerate(entry):
                sources.append(_source(trouble, name, f"{key}.{number}", one, specs[name]))
        else:
            sources.append(_source(trouble, name, key, entry, specs[name]))
    return tuple(sources)


def _rules(trouble: Trouble, data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    declared = data.get("rules", {})
    wrong = None if isinstance(declared, dict) else "rules"
    if wrong is None:
        wrong = next((f"rules.{k}" for k, v in declared.items() if not isinstance(v, dict)), None)
    if wrong is not None:
        raise trouble.error(
            wrong,
            "应写作 [rules.规则代码]，下接参数，如 min_area = 1.0",
            "write it as [rules.CODE] with parameters below, such as min_area = 1.0",
        )
    return {code: dict(values) for code, values in declared.items()}


def _limits(trouble: Trouble, data: Mapping[str, Any]) -> dict[str, float]:
    declared = data.get("limits", {})
    if not isinstance(declared, dict):
        raise trouble.error("limits", "应写作 [limits]", "write it as [limits]")
    for name, value in declared.items():
        try:
            check_limit(name, value)
        except PlanError as error:
            raise trouble.error(f"limits.{name}", error.text.zh, error.text.en) from None
    return dict(declared)


def _entries(trouble: Trouble, data: Mapping[str, Any], name: str) -> list[Any]:
    declared = data.get(name, [])
    if not isinstance(declared, list):
        raise trouble.error(name, f"应写作 [[{name}]]", f"write it as [[{name}]]")
    return declared


def _check_reason(
    trouble: Trouble, key: str, section: WaiverSection | ExemptionSection | AllowedGapSection
) -> None:
    if not section.reason.strip() or not section.by.strip():
        raise trouble.error(key, "reason 与 by 不可为空", "reason and by may not be blank")


def _waivers(trouble: Trouble, data: Mapping[str, Any]) -> tuple[Waiver, ...]:
    out = []
    for number, entry in enumerate(_entries(trouble, data, "waivers")):
        key = f"waivers.{number}"
        section = trouble.check(WaiverSection, entry, key)
        placed = section.feature is not None or section.at is not None
        if section.fingerprint is None and (section.code is None or not placed):
            raise trouble.error(
                key,
                "例外说明须写 fingerprint，或 code 加 feature 或 at（经度、纬度）",
                "a waiver needs fingerprint, or code and feature or at (longitude, latitude)",
            )
        _check_reason(trouble, key, section)
        at = None if section.at is None else tuple(section.at)
        out.append(Waiver(**section.model_dump() | {"at": at}))
    return tuple(out)


def _exemptions(trouble: Trouble, data: Mapping[str, Any]) -> tuple[Exemption, ...]:
    out = []
    for number, entry in enumerate(_entries(trouble, data, "exemptions")):
        key = f"exemptions.{number}"
        section = trouble.check(ExemptionSection, entry, key)
        if not section.where:
            raise trouble.error(
                f"{key}.where",
                '豁免须写 where，例如 where = { status = "drafting" }',
                'an exemption needs where, such as where = { status = "drafting" }',
            )
        if section.rule.upper().startswith("HER") or len(section.rule) < 3:
            raise trouble.error(
                f"{key}.rule",
                "历史文化规则不能按类豁免，请逐条写 [[waivers]]；rule 至少写三个字母",
                "heritage rules have no exempt classes, write [[waivers]] for each place; rule "
                "has three letters at least",
            )
        _check_reason(trouble, key, section)
        out.append(Exemption(**section.model_dump() | {"rule": section.rule.upper()}))
    return tuple(out)


def _allowed_gaps(
    trouble: Trouble, data: Mapping[str, Any], tiers: tuple[str, ...] | None
) -> tuple[AllowedGap, ...]:
    out = []
    for number, entry in enumerate(_entries(trouble, data, "allowed_gaps")):
        key = f"allowed_gaps.{number}"
        section = trouble.check(AllowedGapSection, entry, key)
        known = tiers or tuple(default_chain())
        if section.layer not in known:
            hint = nearest(section.layer, known)
            raise trouble.error(
                f"{key}.layer",
                f"没有层级 {section.layer}{hint.zh}",
                f"no tier {section.layer}{hint.en}",
            )
        lon, lat = section.at
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise trouble.error(
                f"{key}.at",
                "at 应为经度、纬度（度），如 at = [123.41, 41.79]",
                "at is longitude and latitude in degrees, such as at = [123.41, 41.79]",
            )
        _check_reason(trouble, key, section)
        out.append(AllowedGap(**section.model_dump() | {"at": (lon, lat)}))
    return tuple(out)


def _exam(trouble: Trouble, data: Mapping[str, Any]) -> ExamSettings:
    section = trouble.check(ExamSection, data.get("exam", {}), "exam")
    for part in ("targets", "weights"):
        for code, value in getattr(section, part).items():
            if code not in exam_indicators():
                hint = nearest(code, exam_indicators())
                raise trouble.error(
                    f"exam.{part}.{code}",
                    f"没有体检指标 {code}{hint.zh}",
                    f"no exam indicator {code}{hint.en}",
                )
            if not math.isfinite(value) or (part == "weights" and value < 0):
                raise trouble.error(
                    f"exam.{part}.{code}",
                    f"{code} 的数值无效：{value}",
                    f"{code} cannot be {value}",
                )
    cover = _landcover(trouble, section.landcover)
    settled = {"residential": tuple(section.residential), "landcover": cover}
    return ExamSettings(**section.model_dump() | settled)


def _landcover(
    trouble: Trouble, said: str | CoverSection | None
) -> str | Mapping[str, tuple[int, ...]] | None:
    if isinstance(said, str):
        if said not in cover_tables():
            hint = nearest(said, cover_tables())
            raise trouble.error(
                "exam.landcover",
                f"没有土地覆盖编码表 {said}{hint.zh}",
                f"no table of land cover codes {said}{hint.en}",
            )
        return said
    if said is None:
        return None
    codes = {name: tuple(listed) for name, listed in said.model_dump().items()}
    every = [code for listed in codes.values() for code in listed]
    twice = sorted({code for code in every if every.count(code) > 1})
    if twice:
        raise trouble.error(
            "exam.landcover",
            f"编码 {twice[0]} 出现两次",
            f"code {twice[0]} is there twice",
        )
    return codes


def read_plan_file(file: Path, root: Path | None = None) -> PlanConfig:
    """Read a `gisplan.toml`.

    Parameters
    ----------
    file : Path
        The file, UTF-8.
    root : Path, optional
        Folder that the paths in it are relative to; the file's own where None.

    Raises
    ------
    PlanError
        Syntax, an unknown key, layer or field, a value of the wrong type, a path that leads out
        of the folder. The message names file, line and remedy. Whether the files exist is seen
        when they are read; rule codes and parameters are checked where the rules are known.
    """
    data, lines = _load(file)
    trouble = Trouble(file, lines)
    for key in data:
        if key not in SECTIONS:
            hint = nearest(key, SECTIONS)
            raise trouble.error(
                key, f"没有 [{key}] 这一节{hint.zh}", f"no section [{key}]{hint.en}"
            )
    plan = trouble.check(PlanSection, data.get("plan", {}), "plan")
    tiers = _chain(trouble, data)
    return PlanConfig(
        root=root or file.parent,
        layers=_layers(trouble, data, tiers),
        file=file,
        name=plan.name,
        version=plan.version,
        submitted_by=plan.submitted_by,
        reviewed_by=plan.reviewed_by,
        working_crs=_check_crs(trouble, "plan.working_crs", plan.working_crs),
        lang=plan.lang,
        tiers=tiers,
        scale=_scale(trouble, "plan.scale", plan.scale),
        rules=_rules(trouble, data),
        waivers=_waivers(trouble, data),
        exemptions=_exemptions(trouble, data),
        allowed_gaps=_allowed_gaps(trouble, data, tiers),
        limits=_limits(trouble, data),
        exam=_exam(trouble, data),
        lines=lines,
    )


def source_keys(config: PlanConfig) -> list[str]:
    """Return the dotted key of each source in the file: layers.unit, layers.heritage_zone.0."""
    counts: dict[str, int] = {}
    keys = []
    for source in config.layers:
        number = counts.get(source.layer, -1) + 1
        counts[source.layer] = number
        numbered = f"layers.{source.layer}.{number}"
        keys.append(numbered if numbered in config.lines else f"layers.{source.layer}")
    return keys
