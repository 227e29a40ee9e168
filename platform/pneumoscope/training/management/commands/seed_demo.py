"""manage.py seed_demo: two centers, the six roles, simulated films, some of them read."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pneumoscope.accounts.models import Center, User
from pneumoscope.accounts.services.memberships import grant
from pneumoscope.archive.models import Instance
from pneumoscope.common.permissions import Role

from ...demo import study

CENTERS = [("aoba", "Aoba Medical Center", "JP"), ("harz", "Harz Screening Center", "DE")]
PASSWORD = "demo-pneumoscope"  # noqa: S105 - shown on the demo's login page
PEOPLE = [
    ("admin", "Aiko Admin", Role.ADMIN, "aoba"),
    ("coordinator", "Kenji Coordinator", Role.COORDINATOR, "aoba"),
    ("coordinator.harz", "Karla Koordinator", Role.COORDINATOR, "harz"),
    ("reader1", "Rei Reader", Role.READER, "aoba"),
    ("reader2", "Rolf Reader", Role.READER, "harz"),
    ("reader3", "Rina Reader", Role.READER, "aoba"),
    ("reader4", "Ralf Reader", Role.READER, "harz"),
    ("reader5", "Ryo Reader", Role.READER, "aoba"),
    ("adjudicator", "Akira Adjudicator", Role.ADJUDICATOR, "aoba"),
    ("scientist", "Sora Scientist", Role.DATA_SCIENTIST, "aoba"),
    ("observer", "Oskar Observer", Role.OBSERVER, "harz"),
]


class Command(BaseCommand):
    help = "Fill an empty site with a demo on simulated films; does nothing on a site that has users."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--films", type=int, default=48, help="simulated films over both centers")

    def handle(self, *args: Any, films: int, **options: Any) -> None:
        if User.objects.exists():
            self.stdout.write("The site has users already: no demo is seeded.")
            return
        people = self._people()
        self.stdout.write(f"Simulating {films} films ...")
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "ml", "simulate", "--out", folder, "--count", str(films), "--seed", "7"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            for number, path in enumerate(sorted(Path(folder).glob("film_*.dcm"))):
                code = CENTERS[number % 2][0]
                truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
                study.collect(people, code, path, truth)
        self.stdout.write(f"Reading {Instance.objects.count()} films ...")
        study.read_and_label(people)
        self.stdout.write(self.style.SUCCESS("The demo is seeded."))

    def _people(self) -> dict[str, User]:
        now = timezone.now()
        centers = {c: Center.objects.create(code=c, name=name, country=country) for c, name, country in CENTERS}
        people = {}
        for login, name, role, center in PEOPLE:
            initials = "".join(word[0] for word in name.split())
            user = User.objects.create_user(f"{login}@demo.example", PASSWORD, full_name=name, initials=initials)
            grant(user=user, center=centers[center], role=role, actor=None, now=now)
            people[login] = user
        return people
