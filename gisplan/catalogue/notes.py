"""The kinds of notes that read and normalise leave for the rules, and what each `detail` holds."""

from __future__ import annotations

KINDS: dict[str, str] = {
    # read
    "file_unreadable": "reason_zh, reason_en",  # SRC101; the layer is absent from the plan
    # SRC102. from: declared | cpg | ldid | default of the file; file: a column is in another
    # encoding than its file; column: `count` cells are in another than their column, `record` the
    # first. bytes, text, instead: a cell that shows it, as read and as claimed; may lack.
    "encoding_recovered": "declared, found, from, bytes, text, instead, count",
    "encoding_doubtful": "used, other, from, bytes, text, instead",  # SRC102; both are possible
    "text_undecodable": "bytes",  # SRC103; `column` names the cell
    # SRC103; certain, but the cell keeps its text. was: what it was before, None if lost for good
    "text_garbled": "value, was, count",
    "text_cut": "text, width, why",  # SCH109; why: inside_character | limit
    # SCH109 holds full cells of this column against longer names of the same feature
    "text_fills_field": "width, encoding",
    "companion_missing": "missing, reason_zh, reason_en",  # SRC109; missing: ".shx"
    # SRC110; counts: {".shp": 3, ".dbf": 2, …} as found; cut: the .shp ends before it should
    "count_mismatch": "counts, cut",
    "recognised": "why_zh, why_en",  # no finding; the report says what was taken for what
    "unrecognised": "reason_zh, reason_en",  # no finding; a file that nobody could place
    # No finding; a notice of the result says them (TOLD, below).
    "links_not_followed": "count, reason_zh, reason_en",
    "z_dropped": "count, reason_zh, reason_en",  # heights
    "m_dropped": "count, reason_zh, reason_en",  # measures
    "curves_linearised": "count, reason_zh, reason_en",  # arcs became chords
    "lines_closed": "count, reason_zh, reason_en",  # closed lines of a drawing became areas
    "lines_left_open": "count, reason_zh, reason_en",  # lines of a drawing that do not close
    "vertices_moved": "metres, reason_zh, reason_en",  # by the format itself, at most so far
    "axes_swapped": "reason_zh, reason_en",  # columns of coordinates, by their values
    "columns_alike": "reason_zh, reason_en",  # a name over several columns
    "rows_short": "count, reason_zh, reason_en",  # rows of a CSV with fewer values than names
    "formulas_not_computed": "count, reason_zh, reason_en",  # cells read as blanks
    "value_from_name": "reason_zh, reason_en",  # what no column says and the file's name does
    "left_out": "reason_zh, reason_en",  # what a source holds beside features
    "raster_not_used": "",  # no finding; a notice says it
    # measure; PUB101, PUB102: a map for the public is asked for. extents: km2 by layer
    "publication": "approval_number, clearance, extents, scales",
    # normalise
    "crs_missing": "candidates, why_zh, why_en, extent",  # SRC104; the layer is absent
    "crs_confirmed": "chosen, candidates, why_zh, why_en, extent",  # SRC104; missing, but proved
    # SRC106; put right and judged where `confirmed`, else quarantined. declared: by the file, if so
    "axes_exchanged": "confirmed, candidates, why_zh, why_en, extent, declared",
    # SRC105. From read (detail: declared, found): the plan says another CRS than the file, whose
    # own is kept. From normalise: coordinates cannot be in the CRS, or lie far from the plan, or
    # known layers prove another; all but what lies far away is quarantined.
    "crs_contradicted": "declared, found or candidates, why_zh, why_en, extent",
    # SRC107: lies off another layer by a known shift; judged as it is, no unit is clear
    "shifted": "like, east, north, against, against_path, evidence, fit, before, of, residual,"
    " by and by_path where evidence is follows",
    # SRC111; no transformation between the datums is known, or none good: places may be off
    "datum_uncertain": "from, to, metres",
    "datum_equated": "reason_zh, reason_en",  # WGS 84 and CGCS2000, once for the plan
    "quarantined": "reason_zh, reason_en",  # SRC108; one for each feature set aside
    "empty_geometry": "",  # GEO102; the feature is quarantined as well
    "invalid_geometry": "reason, repaired, area_before_m2, area_after_m2, hull",  # GEO101
    "wrong_geometry_type": "found, wanted",  # GEO109; the feature is quarantined as well
    "parts_dropped": "found, wanted, found_zh, wanted_zh",  # no finding; a collection was reduced
    "field_missing": "wanted",  # SCH102
    # SCH103; the cell is null. Where the reason is known also why_zh, why_en, todo_zh, todo_en.
    "value_unreadable": "value, wanted",
    "code_repaired": "before, after",  # no finding; a lost zero, a ".0", full-width digits
    "blank_word": "value",  # no finding; a cell that says — or N/A and is null
    # no finding of its own; a date that is known to the month or year. The cell holds the first
    # day, or the last one where the field is the end of a period.
    "date_partial": "value, precision",  # precision: month | year
    # SCH107; the cell keeps the raw text. `former`: code of a county that has a new one
    # `means_zh`, `means_en`: where several codes go by the word, which
    "unknown_code_value": "value, codelist",
    "kind_settled": "reason_zh, reason_en",  # a word of several kinds of zone, and which is meant
    "ambiguous_field": "used, others",  # no finding; two source fields claim one standard field
    # no finding; which columns were taken for which fields where names differ, and which for none
    "fields_read": "fields, unused",
    "reprojected": "from, to, densified_m",  # no finding
}

# What reading left out or changed, told once in the result; the path's file says it for all layers.
TOLD: tuple[str, ...] = (
    "links_not_followed",
    "z_dropped",
    "m_dropped",
    "curves_linearised",
    "lines_closed",
    "lines_left_open",
    "left_out",
    "value_from_name",
    "kind_settled",
    "vertices_moved",
    "axes_swapped",
    "columns_alike",
    "datum_equated",
    "rows_short",
    "formulas_not_computed",
)
