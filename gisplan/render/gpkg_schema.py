"""The parts of a GeoPackage that no writer offers: names of columns, and styles for QGIS."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from gisplan.model import Text
from gisplan.render.rows import HEADERS

COLUMNS: Mapping[str, Text] = {
    **HEADERS,
    "kind": Text("问题类别", "kind"),
    "route": Text("审批路径", "approval route"),
    "measures": Text("其他数值", "further figures"),
    "message_zh": Text("问题描述（中文）", "message (zh)"),
    "message_en": Text("问题描述（英文）", "message (en)"),
    "remedy_zh": Text("整改建议（中文）", "remedy (zh)"),
    "remedy_en": Text("整改建议（英文）", "remedy (en)"),
    "bbox": Text("外接范围", "bounding box"),
    "name": Text("名称", "name"),
    "verdict": Text("结论", "verdict"),
    "errors": Text("错误个数", "errors"),
    "approvals": Text("须审批或征求意见个数", "approvals and consultations due"),
    "reasons": Text("理由（问题指纹）", "reasons (fingerprints)"),
    "why_zh": Text("说明（中文）", "why (zh)"),
    "why_en": Text("说明（英文）", "why (en)"),
    "parent": Text("上级", "parent"),
    "approvals_due": Text("审批和征求意见，按先后", "steps due, in order"),
    "unknown_zh": Text("未知事项（中文）", "unknown (zh)"),
    "unknown_en": Text("未知事项（英文）", "unknown (en)"),
    "others": Text("其他问题（指纹）", "other findings (fingerprints)"),
    "units": Text("涉及单元", "units"),
    "clears": Text("可消除的问题（指纹）", "clears (fingerprints)"),
    "offered": Text("是否可行", "offered"),
    "text_zh": Text("化解途径（中文）", "resolution (zh)"),
    "text_en": Text("化解途径（英文）", "resolution (en)"),
    "values": Text("数值", "figures"),
    "needs": Text("仍须办理", "still due"),
    "project": Text("项目编号", "project"),
    "path": Text("文件", "file"),
    "record": Text("第几条", "record"),
    "features": Text("要素数", "features"),
    "reason_zh": Text("隔离原因（中文）", "reason (zh)"),
    "reason_en": Text("隔离原因（英文）", "reason (en)"),
}

_DATA_COLUMNS = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name))
"""
_CONSTRAINTS = """
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))
"""
_LAYER_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""


def embed_aliases(base: sqlite3.Connection, aliases: Mapping[str, Mapping[str, str]]) -> None:
    """Write what each column is called (GeoPackage extension gpkg_schema)."""
    base.execute(_DATA_COLUMNS)
    base.execute(_CONSTRAINTS)
    base.execute(
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, "
        "extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, "
        "CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"
    )
    for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        base.execute(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
            (table, "http://www.geopackage.org/spec121/#extension_schema"),
        )
    for table, names in aliases.items():
        seen: set[str] = set()
        for column, alias in names.items():
            # Two columns of one table may not share a name.
            unique = alias if alias not in seen else f"{alias} ({column})"
            seen.add(unique)
            base.execute(
                "INSERT INTO gpkg_data_columns (table_name, column_name, name, title) "
                "VALUES (?, ?, ?, ?)",
                (table, column, unique, alias),
            )


def embed_styles(
    base: sqlite3.Connection, styles: Iterable[tuple[str, str, str, bool]], time: str
) -> None:
    """Write styles (layer, name, QML, whether it is the default) into `layer_styles`."""
    base.execute(_LAYER_STYLES)
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
        (time,),
    )
    for layer, name, qml, default in styles:
        base.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
            "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, "
            "update_time) VALUES ('', '', ?, 'geom', ?, ?, '', ?, ?, '', ?)",
            (layer, name, qml, default, name, time),
        )
