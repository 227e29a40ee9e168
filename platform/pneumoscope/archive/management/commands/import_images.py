"""PNG/JPEG radiographs with a table become DICOM DX and go through the intake."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pneumoscope.archive.services import import_report, imports
from pneumoscope.archive.services.intake import close_upload


class Command(BaseCommand):
    help = (
        "Import radiographs named in a CSV: file, patient_id, study_date (2026-01-31), spacing_mm or px_mm_x and "
        "px_mm_y, sex, age; every further column is kept as a label."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("table", type=Path, metavar="CSV")
        parser.add_argument("--images", type=Path, help="folder of the images; by default the table's own")
        import_report.add_arguments(parser)

    def handle(self, *, table: Path, center: str, images: Path | None, report: Path | None, **_: Any) -> None:
        try:
            rows = imports.read_table(table)
        except (OSError, UnicodeDecodeError, imports.TableUnusable) as error:
            raise CommandError(f"{table}: {error}") from error
        upload, counts = import_report.delivery(center, timezone.now()), Counter[str]()
        with import_report.report_stream(report, self.stdout) as stream:
            for number, row in enumerate(rows, start=2):  # line 1 of the table names the columns
                items = imports.import_radiograph(
                    upload=upload, row=row, images=images or table.parent, now=timezone.now()
                )
                for item in items:
                    import_report.write_line(stream, item, line=number, file=row["file"])
                    counts[item.state] += 1
        close_upload(upload=upload, now=timezone.now())
        self.stderr.write(import_report.totals(counts))
