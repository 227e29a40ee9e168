"""manage.py storage_verify: every row has its file, every file its bytes; exit 1 otherwise."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pneumoscope.common import blobs, storage


class Command(BaseCommand):
    help = "Compare the local blob store with its rows; --repair removes files that no row names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="remove orphans of killed writers; stop uploads first"
        )

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        if not blobs.is_local():
            raise CommandError("The store is a bucket: use the bucket's own integrity check.")
        report = storage.verify()
        removed = storage.remove_orphans(report) if repair else 0
        self.stdout.write(f"{len(report.orphans)} files without a row, {removed} removed")
        if not report.is_sound:
            lines = [f"missing: {sha256}" for sha256 in report.missing] + [
                f"damaged: {sha256}" for sha256 in report.damaged
            ]
            raise CommandError("\n".join([*lines, "Restore these files from the backup, then run this again."]))
