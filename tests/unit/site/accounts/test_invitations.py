"""Invitations open one role to one address, once, for a while."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from factories import NOW, PASSWORD, make_center, make_person, make_user

from pneumoscope.accounts.models import Invitation, Membership, User
from pneumoscope.accounts.services import invitations
from pneumoscope.common.models import AuditEvent
from pneumoscope.common.permissions import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def center():
    return make_center()


@pytest.fixture
def admin(center):
    return make_person(Role.ADMIN, center)


def invited(admin, center, email="new@example.org", role=Role.READER, now=NOW) -> str:
    """The key that went out in the mail."""
    keys = []
    invitations.invite(
        email=email, center=center, role=role, actor=admin, now=now, link_of=lambda key: keys.append(key) or "link"
    )
    return keys[0]


def accept(key: str, now=NOW) -> User:
    return invitations.accept(key=key, full_name="New Person", password=PASSWORD, language="en", now=now)


def test_key_is_in_the_mail_and_only_its_hash_in_the_database(admin, center, mailoutbox):
    key = []
    invitations.invite(
        email="New@Example.org",
        center=center,
        role=Role.READER,
        actor=admin,
        now=NOW,
        link_of=lambda text: key.append(text) or f"https://site.example/{text}",
    )
    row = Invitation.objects.values().get()
    assert mailoutbox[0].to == ["new@example.org"]
    assert key[0] in mailoutbox[0].body
    assert key[0] not in str(row)
    assert row["key_sha256"] == invitations.key_hash(key[0])
    assert key[0] not in str(list(AuditEvent.objects.values()))


def test_new_person_gets_an_account_and_exactly_that_role(admin, center):
    user = accept(invited(admin, center))
    assert user.check_password(PASSWORD)
    assert list(user.memberships.values_list("center", "role", "is_active")) == [(center.pk, "reader", True)]
    actions = list(AuditEvent.objects.order_by("sequence").values_list("action", flat=True))
    assert actions[-4:] == ["invitation.sent", "user.created", "invitation.accepted", "membership.granted"]


def test_used_invitation_opens_nothing_a_second_time(admin, center):
    key = invited(admin, center)
    accept(key)
    with pytest.raises(invitations.InvitationClosed, match="used"):
        accept(key)
    assert Membership.objects.filter(role=Role.READER).count() == 1


def test_expired_invitation_opens_nothing(admin, center, settings):
    key = invited(admin, center)
    last = NOW + timedelta(days=settings.INVITATION_DAYS)
    assert invitations.find(key=key, now=last - timedelta(seconds=1))
    with pytest.raises(invitations.InvitationClosed, match="expired"):
        accept(key, now=last)
    assert not User.objects.filter(email="new@example.org").exists()


def test_revoked_invitation_opens_nothing(admin, center):
    key = invited(admin, center)
    invitations.revoke(invitation=Invitation.objects.get(), actor=admin, now=NOW)
    with pytest.raises(invitations.InvitationClosed, match="revoked"):
        accept(key)


def test_unknown_key_opens_nothing():
    with pytest.raises(invitations.InvitationClosed, match="unknown"):
        accept("no-such-key")


def test_inviting_again_closes_the_older_link(admin, center):
    older, newer = invited(admin, center), invited(admin, center)
    with pytest.raises(invitations.InvitationClosed, match="revoked"):
        accept(older)
    assert accept(newer)


def test_person_of_another_address_cannot_take_the_role(admin, center):
    key, stranger = invited(admin, center), make_user("stranger@example.org")
    with pytest.raises(invitations.WrongAddress):
        invitations.join(key=key, user=stranger, now=NOW)
    assert not stranger.memberships.exists()
    assert invitations.find(key=key, now=NOW)


def test_stranger_with_the_link_cannot_reset_the_password_of_an_existing_account(admin, center):
    known = make_user("known@example.org")
    key = invited(admin, center, email="known@example.org")
    with pytest.raises(invitations.AddressHasAccount):
        accept(key)
    assert User.objects.get(pk=known.pk).password == known.password
    invitations.join(key=key, user=known, now=NOW)
    assert known.has_role(Role.READER, center)


def test_weak_password_is_refused_and_the_link_stays_open(admin, center):
    key = invited(admin, center)
    with pytest.raises(ValidationError):
        invitations.accept(key=key, full_name="New", password="12345678", language="en", now=NOW)
    assert invitations.find(key=key, now=NOW)


def test_whole_way_through_the_pages(admin, center, mailoutbox):
    office, door = Client(), Client()
    office.force_login(admin, backend=BACKEND)
    sent = office.post(reverse("accounts:invite", args=[center.code]), {"email": "new@example.org", "role": "reader"})
    assert sent.status_code == 302
    link = re.search(r"http://testserver(/\S+)", mailoutbox[0].body).group(1)
    assert door.get(link).status_code == 200
    form = {"full_name": "New Person", "password": PASSWORD, "again": PASSWORD}
    assert door.post(link, {**form, "again": "different"}).status_code == 200
    assert door.post(link, form)["Location"] == reverse("account_login")
    assert door.get(link).status_code == 410
    assert door.post(reverse("account_login"), {"login": "new@example.org", "password": PASSWORD}).status_code == 302
