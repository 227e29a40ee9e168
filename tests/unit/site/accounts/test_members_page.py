"""Members, certificates and tokens through their pages."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import NOW, PASSWORD, make_center, make_member, make_person, make_user
from knox.models import AuthToken

from pneumoscope.accounts.models import Invitation, Membership
from pneumoscope.accounts.services import memberships, tokens
from pneumoscope.common.models import AuditEvent
from pneumoscope.common.permissions import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def here():
    return make_center("here")


@pytest.fixture
def there():
    return make_center("there")


@pytest.fixture
def admin(here):
    return make_person(Role.ADMIN, here)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_only_an_administrator_opens_the_members_page(role, here):
    assert client_of(make_person(role, here)).get(reverse("accounts:members")).status_code == 403


def test_members_page_shows_the_own_center_alone(admin, there):
    stranger = make_person(Role.READER, there)
    text = client_of(admin).get(reverse("accounts:members")).content.decode()
    assert admin.email in text
    assert stranger.email not in text


def test_administrator_here_who_reads_there_manages_here_alone(admin, there):
    make_member(admin, there, Role.READER)
    member = make_member(make_user(), there, Role.READER)
    client = client_of(admin)
    form = {"email": "x@example.org", "role": "reader"}
    assert client.post(reverse("accounts:invite", args=["there"]), form).status_code == 403
    assert client.post(reverse("accounts:membership_change", args=[member.pk]), {"role": "admin"}).status_code == 403
    assert not Invitation.objects.exists()


def test_what_lies_in_a_foreign_center_does_not_exist(admin, there):
    member = make_member(make_user(), there, Role.READER)
    client = client_of(admin)
    form = {"email": "x@example.org", "role": "reader"}
    assert client.post(reverse("accounts:invite", args=["there"]), form).status_code == 404
    assert client.post(reverse("accounts:membership_change", args=[member.pk]), {"end": "1"}).status_code == 404
    assert Membership.objects.get(pk=member.pk).is_active


def test_changed_role_replaces_the_old_one_and_is_audited(admin, here):
    member = make_member(make_user(), here, Role.READER)
    client_of(admin).post(reverse("accounts:membership_change", args=[member.pk]), {"role": "coordinator"})
    assert not member.user.has_role(Role.READER, here)
    assert member.user.has_role(Role.COORDINATOR, here)
    assert list(AuditEvent.objects.order_by("-sequence").values_list("action", "source")[:2]) == [
        ("membership.revoked", "service"),
        ("membership.granted", "service"),
    ]
    assert not AuditEvent.objects.filter(source="trigger").exists()


def test_last_administrator_stays(admin, here):
    membership = admin.memberships.get()
    with pytest.raises(memberships.LastAdministrator):
        memberships.revoke(membership=membership, actor=admin, now=NOW)
    with pytest.raises(memberships.LastAdministrator):
        memberships.change_role(membership=membership, role=Role.OBSERVER, actor=admin, now=NOW)
    assert list(admin.memberships.filter(is_active=True).values_list("role", flat=True)) == ["admin"]
    make_person(Role.ADMIN, here)
    memberships.revoke(membership=membership, actor=admin, now=NOW)
    assert not admin.has_role(Role.ADMIN, here)


def test_expired_certificate_carries_its_badge():
    user = make_user()
    client, today = client_of(user), timezone.localdate()
    form = {"certificate-kind": "B", "certificate-number": "77", "certificate-valid_from": "2020-01-01"}
    client.post(reverse("accounts:qualification_add"), {**form, "certificate-expires_on": today - timedelta(days=1)})
    assert "badge--danger" in client.get(reverse("accounts:profile")).content.decode()
    assert AuditEvent.objects.filter(action="qualification.added", actor_id=user.pk).exists()


def test_certificate_that_ends_before_it_begins_is_refused_with_a_reason():
    form = {"kind": "B", "number": "7", "valid_from": "2024-01-02", "expires_on": "2024-01-01"}
    user = make_user()
    answer = client_of(user).post(
        reverse("accounts:qualification_add"), {f"certificate-{name}": value for name, value in form.items()}
    )
    assert "A certificate ends after it begins" in answer.content.decode()
    assert not user.qualifications.exists()


def test_nobody_removes_another_persons_certificate():
    owner = make_user()
    certificate = owner.qualifications.create(kind="B", valid_from=date(2024, 1, 1))
    answer = client_of(make_user()).post(reverse("accounts:qualification_remove", args=[certificate.pk]))
    assert answer.status_code == 404
    assert owner.qualifications.exists()


def test_changed_profile_is_audited_by_field_names_without_content():
    user = make_user()
    client_of(user).post(reverse("accounts:profile"), {"full_name": "Dr. Secret", "initials": "DS", "language": "ja"})
    event = AuditEvent.objects.get(action="profile.changed")
    assert event.payload == {"fields": ["full_name", "initials", "language"]}


def test_token_is_stored_as_a_hash_and_shown_once():
    client = client_of(make_user())
    door = client.post(reverse("accounts:token_create"))["Location"]
    shown = client.post(door, {"password": PASSWORD})
    text = shown.context["new_token"]
    row = str(AuthToken.objects.values().get())
    assert text in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert text not in row
    assert text not in client.get(reverse("accounts:tokens")).content.decode()
    assert text not in str(list(AuditEvent.objects.values()))


def test_token_needs_a_fresh_password():
    user = make_user()
    answer = client_of(user).post(reverse("accounts:token_create"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not AuthToken.objects.exists()


def test_nobody_revokes_another_persons_token():
    token, _ = tokens.create(user=make_user(), now=timezone.now())
    url = reverse("accounts:token_revoke", args=[token.token_key])
    assert client_of(make_user()).post(url).status_code == 404
    assert client_of(token.user).post(url).status_code == 302
    assert not AuthToken.objects.exists()


def test_full_shelf_of_tokens_is_refused():
    user, now = make_user(), timezone.now()
    for _ in range(tokens.TOKENS_PER_USER):
        tokens.create(user=user, now=now)
    with pytest.raises(tokens.TooManyTokens, match="revoke one first"):
        tokens.create(user=user, now=now)
