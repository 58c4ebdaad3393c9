"""Review the built-in sample and print the verdicts and the worst findings."""

from pathlib import Path
from tempfile import TemporaryDirectory

import gisplan

SAMPLE = Path(__file__).resolve().parents[1] / "layers" / "sample"

plan = gisplan.open_plan(SAMPLE)
result = gisplan.review(plan)

print(result.verdicts["verdict"].value_counts().to_string())
errors = result.findings[result.findings["severity"] == "error"]
for finding in errors.head(10).itertuples():
    print(finding.code, finding.feature, "·", finding.message_zh)

with TemporaryDirectory() as folder:
    for name, path in result.save(folder).items():
        print(f"{name:<14} {path.stat().st_size / 1024:8.0f} kB")
