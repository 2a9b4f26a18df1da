"""Reports: what a job has done, from its manifest, for people and for programs.

`vaultio.migration.report.as_json` describes the JSON, `as_csv` the CSV.
"""

from vaultio.migration.report.numbers import Point, QuotaPoint, Status, Summary, Trouble
from vaultio.migration.report.rows import Items
from vaultio.migration.report.writing import (
    REPORT_NAME,
    ReportFormat,
    report_text,
    summarise,
    write_report,
)

__all__ = [
    "REPORT_NAME",
    "Items",
    "Point",
    "QuotaPoint",
    "ReportFormat",
    "Status",
    "Summary",
    "Trouble",
    "report_text",
    "summarise",
    "write_report",
]
