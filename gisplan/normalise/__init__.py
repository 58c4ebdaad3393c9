"""Raw layers -> Plan: standard fields, codes as text, one metric CRS, repairs with a log."""
