"""The tables of the workbook, one file a sheet: rows of plain cells, drawn by render/xlsx.py."""
