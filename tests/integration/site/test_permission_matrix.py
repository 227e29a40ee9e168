"""Every route, as every role, in the own and in another center. A route without a row fails."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from factories import NOW, make_center, make_person
from reading_room import ReadingRoom

from annotator.services.readings import open_reading
from pneumoscope.archive.models import Upload
from pneumoscope.common.models import Job
from pneumoscope.common.permissions import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OURS = {"accounts", "common", "archive", "dicomweb", "annotator", "training", "dashboard"}
PUBLIC = {"home", "health"}

ANYONE = frozenset(Role)
UPLOADERS = frozenset({Role.ADMIN, Role.COORDINATOR})
KEEPERS = frozenset({Role.ADMIN, Role.COORDINATOR, Role.DATA_SCIENTIST})
READERS = frozenset({Role.READER, Role.ADJUDICATOR})
TRAINERS = frozenset({Role.ADMIN, Role.DATA_SCIENTIST})
WATCHERS = frozenset({Role.ADMIN, Role.COORDINATOR, Role.DATA_SCIENTIST, Role.OBSERVER})
NOBODY: frozenset[Role] = frozenset()
ADMINS = frozenset({Role.ADMIN})

# route -> (roles of the own center that may GET it, roles of another center that may).
# Lists open to the same roles everywhere: they show each center its own rows (tested below).
# POST routes refuse GET with 405 to everybody, which counts as closed here.
MATRIX: dict[str, tuple[frozenset[Role], frozenset[Role]]] = {
    "accounts:profile": (ANYONE, ANYONE),
    "accounts:qualification_add": (NOBODY, NOBODY),
    "accounts:qualification_remove": (NOBODY, NOBODY),
    "accounts:tokens": (ANYONE, ANYONE),
    "accounts:token_create": (NOBODY, NOBODY),
    "accounts:token_revoke": (NOBODY, NOBODY),
    "accounts:members": (ADMINS, ADMINS),
    "accounts:invite": (NOBODY, NOBODY),
    "accounts:membership_change": (NOBODY, NOBODY),
    "accounts:invitation_revoke": (NOBODY, NOBODY),
    "accounts:join": (NOBODY, NOBODY),
    "common:jobs": (ANYONE, ANYONE),
    "common:job_status": (TRAINERS, NOBODY),
    "common:job_cancel": (NOBODY, NOBODY),
    "common:audit": (ADMINS, ADMINS),
    "archive:uploads": (UPLOADERS, UPLOADERS),
    "archive:upload": (UPLOADERS, NOBODY),
    "archive:upload_csv": (UPLOADERS, NOBODY),
    "archive:cases": (KEEPERS, KEEPERS),
    "archive:release": (NOBODY, NOBODY),
    "archive:uploads_api": (NOBODY, NOBODY),
    "archive:upload_api": (UPLOADERS, NOBODY),
    "archive:upload_files_api": (NOBODY, NOBODY),
    "dicomweb:series_metadata": (KEEPERS, NOBODY),
    "dicomweb:instance_metadata": (KEEPERS, NOBODY),
    "dicomweb:frame": (NOBODY, NOBODY),
    "dicomweb:thumbnail": (NOBODY, NOBODY),
    "annotator:worklist": (READERS, READERS),
    "annotator:read": (NOBODY, NOBODY),
    "annotator:amend": (NOBODY, NOBODY),
    "annotator:defer": (NOBODY, NOBODY),
    "annotator:protocols": (KEEPERS, KEEPERS),
    "annotator:protocol": (KEEPERS, NOBODY),
    "annotator:case": (KEEPERS, NOBODY),
    "annotator:reading_api": (NOBODY, NOBODY),
    "annotator:sign_api": (NOBODY, NOBODY),
    "annotator:scheme": (ANYONE, ANYONE),
    "training:runs": (TRAINERS, TRAINERS),
    "training:start": (NOBODY, NOBODY),
    "training:run": (NOBODY, NOBODY),
    "training:job_states": (TRAINERS, TRAINERS),
    "dashboard:models": (WATCHERS, WATCHERS),
    "dashboard:collection": (WATCHERS, WATCHERS),
    "dashboard:agreement": (KEEPERS, KEEPERS),
}


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            if not prefix and not namespace and "annotator" not in str(pattern.urlconf_name):
                continue
            yield from routes(pattern, prefix + namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def test_every_route_of_ours_has_a_row_in_the_matrix():
    found = {name for name in routes(get_resolver()) if name.split(":")[0] in OURS}
    assert found == set(MATRIX)
    assert {name for name in routes(get_resolver()) if ":" not in name} == PUBLIC


class World:
    """One center with a reading study in which one reader holds an open draft, and a stranger's center."""

    def __init__(self) -> None:
        self.room = ReadingRoom()
        self.center = self.room.center
        self.other = make_center()
        self.assignment = self.room.waiting()[0]
        self.reading = open_reading(assignment=self.assignment, now=NOW)
        self.upload = Upload.objects.create(center=self.center)
        self.job = Job.objects.create(
            kind="common.ping_io", idempotency_key="matrix", due_at=NOW, center_id=self.center.pk
        )

    def url(self, name: str) -> str:
        instance = self.room.case.instance
        uids = [instance.series.study.uid, instance.series.uid]
        arguments = {
            "accounts:qualification_remove": [1],
            "accounts:token_revoke": ["unknown"],
            "accounts:invite": [self.center.code],
            "accounts:membership_change": [self.reading.pk],
            "accounts:invitation_revoke": [1],
            "accounts:join": ["unknown"],
            "common:job_status": [self.job.pk],
            "common:job_cancel": [self.job.pk],
            "archive:upload": [self.upload.pk],
            "archive:upload_csv": [self.upload.pk],
            "archive:upload_api": [self.upload.pk],
            "archive:upload_files_api": [self.upload.pk],
            "archive:release": [instance.pk],
            "dicomweb:series_metadata": uids,
            "dicomweb:instance_metadata": [*uids, instance.uid],
            "dicomweb:frame": [*uids, instance.uid, 99],
            "dicomweb:thumbnail": [*uids, instance.uid],
            "annotator:read": [self.assignment.pk],
            "annotator:amend": [self.assignment.pk],
            "annotator:defer": [self.assignment.pk],
            "annotator:protocol": [self.room.protocol.pk],
            "annotator:case": [self.room.case.pk],
            "annotator:reading_api": [self.reading.pk],
            "annotator:sign_api": [self.reading.pk],
            "annotator:scheme": ["ilo-2022-niosh-2.8", "1.0.0"],
            "training:run": [self.reading.pk],
        }
        return reverse(name, args=arguments.get(name, []))


def client_of(user) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_exactly_its_routes_in_its_own_and_in_another_center(role):
    world = World()
    deviations = []
    for place, center in enumerate((world.center, world.other)):
        client = client_of(make_person(role, center))
        for name, expected in MATRIX.items():
            answer = client.get(world.url(name))
            if (answer.status_code == 200) != (role in expected[place]) or answer.status_code >= 500:
                deviations.append((name, "own" if place == 0 else "other", answer.status_code))
    assert deviations == []


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_stranger_without_an_account_sees_nothing(name):
    assert Client().get(World().url(name)).status_code in {302, 401, 403, 405, 410}


@pytest.mark.parametrize("role", list(Role))
def test_lists_show_nothing_of_another_center(role):
    world = World()
    instance = world.room.case.instance
    secrets = [instance.series.study.patient.pseudonym, instance.uid, world.center.name, world.room.case.code, "Study"]
    client = client_of(make_person(role, world.other))
    for name, (_, other) in MATRIX.items():
        if role in other and name not in {"annotator:scheme"}:
            text = client.get(world.url(name)).content.decode()
            assert [secret for secret in secrets if f">{secret}<" in text] == [], name
