"""Signing in: lockout and the second factor."""

import pytest
from django.test import Client
from django.urls import reverse
from factories import PASSWORD, make_center, make_person, make_user

from pneumoscope.common.permissions import Permission, Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(client: Client, email: str, password: str):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_right_password_signs_in():
    user = make_user()
    answer = sign_in(Client(), user.email, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_five_wrong_passwords_lock_even_the_right_one_out():
    user, client = make_user(), Client()
    answers = [sign_in(client, user.email, "wrong-password").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    locked = sign_in(client, user.email, PASSWORD)
    assert locked.status_code == 429
    assert "Too many wrong passwords" in locked.content.decode()
    assert "_auth_user_id" not in client.session


def test_four_wrong_passwords_do_not_lock():
    user, client = make_user(), Client()
    for _ in range(4):
        sign_in(client, user.email, "wrong-password")
    assert sign_in(client, user.email, PASSWORD).status_code == 302


def test_lockout_of_one_address_leaves_another_open():
    locked, other, client = make_user(), make_user(), Client()
    for _ in range(5):
        sign_in(client, locked.email, "wrong-password")
    assert sign_in(client, other.email, PASSWORD).status_code == 302


def test_second_factor_is_demanded_before_any_page_where_it_is_required(settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    client.force_login(make_person(Role.ADMIN, make_center()), backend=BACKEND)
    answer = client.get(reverse("accounts:profile"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp"))


def test_person_with_a_second_factor_passes_where_it_is_required(settings):
    from allauth.mfa.models import Authenticator

    settings.SECOND_FACTOR_REQUIRED = True
    user, client = make_person(Role.ADMIN, make_center()), Client()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(user, backend=BACKEND)
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_role_in_one_center_gives_nothing_in_another():
    home, away = make_center(), make_center()
    user = make_person(Role.ADMIN, home)
    assert user.may(Permission.MANAGE_MEMBERS, home)
    assert not user.may(Permission.MANAGE_MEMBERS, away)


def test_writing_the_address_in_other_letters_wins_no_further_guesses():
    user, client = make_user("typing@example.org"), Client()
    for address in ("typing@example.org", "Typing@example.org", "TYPING@example.org", "tYping@Example.org"):
        sign_in(client, address, "wrong-password")
    assert sign_in(client, "typinG@example.org", "wrong-password").status_code == 429
    assert sign_in(client, user.email, PASSWORD).status_code == 429


def test_own_password_reauthenticates_and_opens_the_second_factor_page():
    user, client = make_user(), Client()
    client.force_login(user, backend=BACKEND)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    wrong = client.post(answer["Location"], {"password": "wrong-password"})
    assert wrong.status_code == 200
    right = client.post(answer["Location"], {"password": PASSWORD})
    assert (right.status_code, right["Location"]) == (302, reverse("mfa_activate_totp"))
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
