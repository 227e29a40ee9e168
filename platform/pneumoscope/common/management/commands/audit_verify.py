"""manage.py audit_verify: walk the audit chain; exit 1 with every fault named."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pneumoscope.common import audit
from pneumoscope.common.models import AuditHead


class Command(BaseCommand):
    help = "Check the audit chain. Keep the printed head elsewhere: removal at the end shows only against it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", default="", help="a head printed earlier; its event must still be in the chain")

    def handle(self, *args: Any, head: str, **options: Any) -> None:
        faults = [fault.reason for fault in audit.chain_faults()]
        if head and not audit.holds_hash(head):
            faults.append(f"the event with hash {head} is gone: events at the chain's end were removed")
        if faults:
            raise CommandError("\n".join(faults))
        last = AuditHead.objects.filter(id=1).first()
        self.stdout.write(f"{last.sequence if last else 0} events, unbroken; head {last.hash if last else '-'}")
