"""A small reading study: one film, readers, and readings by short notation."""

from itertools import count
from typing import Any

from factories import NOW, make_center, make_person

from annotator.domain.engine import normal_film
from annotator.domain.scheme import load_scheme
from annotator.models import Assignment, Case, StudyProtocol
from annotator.services.protocols import ProtocolPlan, add_cases, create_protocol
from annotator.services.readings import Change, open_reading, save_changes, sign_reading
from annotator.services.schemes import publish_scheme
from pneumoscope.accounts.models import Center
from pneumoscope.archive.models import ImagingStudy, Instance, Patient, Series
from pneumoscope.common.models import Blob
from pneumoscope.common.permissions import Role

SCHEME = "ilo-2022-niosh-2.8"
_numbers = count(1)


def make_instance(center: Center, **fields: Any) -> Instance:
    """A stored film without bytes: enough for everything but pixels."""
    number = next(_numbers)
    blob = Blob.objects.create(sha256=f"{number:064x}", size_bytes=10, media_type="application/dicom")
    patient = Patient.objects.create(center=center, pseudonym=f"P{number}")
    study = ImagingStudy.objects.create(patient=patient, center=center, uid=f"2.25.1{number}", date=NOW.date())
    series = Series.objects.create(study=study, uid=f"2.25.2{number}", modality="DX")
    return Instance.objects.create(
        series=series, uid=f"2.25.3{number}", blob=blob, original_sha256=blob.sha256, pixel_sha256=blob.sha256,
        rows=10, columns=10, metadata={}, frame_offsets=[[0, 10]], **fields,
    )  # fmt: skip


class ReadingRoom:
    """A protocol over one center's films with `readers` readers."""

    def __init__(self, readers: int = 5, cases: int = 1, rule: str = "niosh_42cfr37_53", required: int = 2) -> None:
        self.center = make_center()
        self.readers = [make_person(Role.READER, make_center()) for _ in range(readers)]
        self.coordinator = make_person(Role.COORDINATOR, self.center)
        plan = ProtocolPlan(
            name="Study",
            center=self.center,
            centers=[self.center],
            scheme_version=publish_scheme(scheme_id=SCHEME, now=NOW),
            readers=self.readers,
            readers_required=required,
            consensus_rule=rule,
        )
        self.protocol: StudyProtocol = create_protocol(plan=plan, actor=self.coordinator, now=NOW)
        films = [make_instance(self.center) for _ in range(cases)]
        self.cases: list[Case] = add_cases(protocol=self.protocol, instances=films, actor=self.coordinator, now=NOW)

    @property
    def case(self) -> Case:
        return self.cases[0]

    def waiting(self) -> list[Assignment]:
        return list(self.case.assignments.exclude(state="signed").order_by("pk"))

    def sign(self, assignment: Assignment, notation: str):
        reading = open_reading(assignment=assignment, now=NOW)
        changes = [Change(path, value) for path, value in answers(notation).items()]
        reading = save_changes(
            reading=reading, changes=changes, revision=reading.revision, idempotency_key="all", now=NOW
        )
        return sign_reading(reading=reading, revision=reading.revision, acknowledged=["P5", "P6"], now=NOW)


def answers(notation: str) -> dict[str, Any]:
    """Field values of 'NO' (normal) or of a profusion such as '1/0'."""
    film = normal_film(scheme=load_scheme(scheme_id=SCHEME))
    values = {
        "image_quality.grade": film["image_quality"]["grade"],
        "parenchymal.any": False,
        "pleural.any": False,
        "other.any": False,
    }
    if notation != "NO":
        values |= {
            "parenchymal.any": True,
            "parenchymal.primary": "q",
            "parenchymal.secondary": "q",
            "parenchymal.zones": ["RU", "LU"],
            "parenchymal.profusion": notation,
            "parenchymal.large": "O",
        }
    return values
