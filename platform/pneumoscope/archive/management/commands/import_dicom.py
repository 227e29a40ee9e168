"""A folder of DICOM files and zips goes through the intake."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pneumoscope.archive.services import import_report, imports
from pneumoscope.archive.services.intake import close_upload


class Command(BaseCommand):
    help = "Import every DICOM file and zip archive below a folder, with one JSON line for each file."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        import_report.add_arguments(parser)

    def handle(self, *, folder: Path, center: str, report: Path | None, **_: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder: give the folder that holds the DICOM files.")
        upload, counts = import_report.delivery(center, timezone.now()), Counter[str]()
        with import_report.report_stream(report, self.stdout) as stream:
            for path, item in imports.import_folder(upload=upload, folder=folder, now=timezone.now()):
                import_report.write_line(stream, item, file=str(path.relative_to(folder)))
                counts[item.state] += 1
        close_upload(upload=upload, now=timezone.now())
        self.stderr.write(import_report.totals(counts))
