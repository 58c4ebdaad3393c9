"""How much reading takes on before it says no; messages name the limit that they come from."""

from __future__ import annotations

MAX_MEMBERS = 10_000  # files in one archive; a plan has some hundreds
MAX_UNPACKED = 8 * 1024**3  # bytes of one archive when unpacked
MAX_RATIO = 1_000  # unpacked : packed of one member; dbf tables of blanks reach some hundreds
MIN_RATIO_SIZE = 64 * 1024**2  # smaller members may be as dense as they like
MAX_TABLE_BYTES = 512 * 1024**2  # CSV, JSON and XLSX (unpacked) are held in memory
MAX_CELL = 1_000_000  # characters in one cell of a CSV
MAX_FILES = 20_000  # files that a folder is searched for
MAX_DEPTH = 8  # folders below the plan
SAMPLE_RECORDS = 4_000  # records whose text is weighed to find an encoding
