"""Source columns -> standard fields: what the configuration says, else name, alias, cut alias."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gisplan.errors import PlanError
from gisplan.model import FieldSpec, LayerSource, LayerSpec, Note
from gisplan.normalise.text import fold

_DBF_NAME = 10  # bytes of a column name in a shapefile


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Where each standard field of a source comes from: columns, constants, or nowhere."""

    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, object]
    notes: tuple[Note, ...]

    @property
    def found(self) -> frozenset[str]:
        """The standard fields that the source has."""
        return frozenset(self.columns) | frozenset(self.constants)


def match_fields(
    source: LayerSource, spec: LayerSpec, columns: Sequence[str], path: str
) -> FieldMap:
    """Find the standard fields of a layer among the columns of a source.

    Parameters
    ----------
    source : LayerSource
        Its `fields` and `values` come first.
    spec : LayerSpec
        The standard fields. The order of aliases is their priority.
    columns : sequence of str
        Columns of the source, without the shape.
    path : str
        The file, for notes and messages.

    Returns
    -------
    FieldMap
        A column serves one field, more only where the configuration says so. Notes:
        field_missing for what is required, ambiguous_field where other columns fit as well.

    Raises
    ------
    PlanError
        The configuration names a field or a column that does not exist.
    """
    for name in (*source.fields, *source.values):
        _known_field(source, spec, name)
    used = {
        name: tuple(
            _named_column(source, name, part, columns, path)
            for part in ((wanted,) if isinstance(wanted, str) else wanted)
        )
        for name, wanted in source.fields.items()
    }
    taken = {column for parts in used.values() for column in parts}
    fields = [f for f in spec.fields.values() if f.name not in used and f.name not in source.values]
    fitting: dict[str, list[str]] = {field.name: [] for field in fields}
    for names in (_own_name, _aliases, _cut_names):
        claims = Counter(word for field in fields for word in set(names(field)))
        for field in fields:
            free = [
                column
                for word in names(field)
                # a cut name may be what is left of two: 更新单 of number and name of the unit
                if names is not _cut_names or claims[word] == 1
                for column in columns
                if fold(column) == word and column not in taken
            ]
            fitting[field.name] += free
            if free and field.name not in used:
                used[field.name] = (free[0],)
                taken.add(free[0])
    notes = [
        Note("ambiguous_field", spec.name, path, column=name, detail=detail)
        for name, found in fitting.items()
        if (others := tuple(dict.fromkeys(c for c in found if c not in taken)))
        for detail in [{"used": used[name][0], "others": others}]
    ]
    for field in spec.fields.values():
        if field.required and field.name not in used and field.name not in source.values:
            names_wanted = tuple(dict.fromkeys((field.name, *field.aliases)))
            detail = {"wanted": names_wanted, "there": tuple(columns)}
            notes.append(Note("field_missing", spec.name, path, column=field.name, detail=detail))
    return FieldMap(used, dict(source.values), tuple(notes))


def _own_name(field: FieldSpec) -> list[str]:
    return [fold(field.name)]


def _aliases(field: FieldSpec) -> list[str]:
    return list(dict.fromkeys(fold(name) for name in (*field.aliases, field.title.zh)))


def _cut_names(field: FieldSpec) -> list[str]:
    cut = [
        fold(data[:_DBF_NAME].decode(encoding, errors="ignore"))
        for name in (field.name, *field.aliases)
        for encoding in ("gb18030", "utf-8")
        if len(data := name.encode(encoding)) > _DBF_NAME
    ]
    return list(dict.fromkeys(cut))


def _known_field(source: LayerSource, spec: LayerSpec, name: str) -> None:
    if name not in spec.fields:
        known = ", ".join(spec.fields)
        raise PlanError(
            f"图层 {source.layer}（{source.path}）没有标准字段 {name}；可用的有：{known}",
            f"layer {source.layer} ({source.path}) has no standard field {name}; it has: {known}",
        )


def _named_column(
    source: LayerSource, name: str, wanted: str, columns: Sequence[str], path: str
) -> str:
    if wanted in columns:
        return wanted
    alike = [column for column in columns if fold(column) == fold(wanted)]
    if len(alike) == 1:
        return alike[0]
    there = ", ".join(columns) or "-"
    raise PlanError(
        f"图层 {source.layer}：{path} 没有字段“{wanted}”（对应标准字段 {name}）；现有：{there}",
        f"layer {source.layer}: {path} has no column {wanted!r} (for the standard field {name}); "
        f"its columns are: {there}",
    )
