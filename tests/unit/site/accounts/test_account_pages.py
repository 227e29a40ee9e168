"""The sign-in library's pages wear the site's frame and obey the content policy."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OPEN = ["account_login", "account_reset_password", "account_reset_password_done", "account_signup"]
OWN = ["account_change_password", "account_logout", "account_reauthenticate", "mfa_index", "mfa_activate_totp"]


def faults(text: str) -> list[str]:
    """What the content policy or a screen reader would stumble over."""
    found = []
    if len(re.findall(r"<h1[ >]", text)) != 1:
        found.append("not exactly one h1")
    if re.search(r"\sstyle=|\son\w+=|<style", text):
        found.append("inline style or handler")
    if re.search(r"<script(?![^>]*(\bsrc=|application/json))", text):
        found.append("inline script")
    labels = set(re.findall(r'<label for="([^"]+)"', text))
    controls = re.findall(r'<(?:input|textarea|select)(?![^>]*type="hidden")[^>]*', text)
    names = [match.group(1) if (match := re.search(r'id="([^"]+)"', control)) else control for control in controls]
    return found + [f"no label: {name}" for name in names if name not in labels]


@pytest.mark.parametrize("name", OPEN)
def test_page_before_signing_in_is_framed_labelled_and_clean(name):
    answer = Client().get(reverse(name))
    assert answer.status_code == 200
    assert 'id="content"' in answer.content.decode()
    assert faults(answer.content.decode()) == []


@pytest.mark.parametrize("name", OWN)
def test_own_page_is_framed_labelled_and_clean(name):
    user, client = make_user(), Client()
    client.force_login(user, backend=BACKEND)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert 'id="content"' in answer.content.decode()
    assert faults(answer.content.decode()) == []


def test_second_factor_page_shows_its_code_as_an_inline_image():
    user, client = make_user(), Client()
    client.force_login(user, backend=BACKEND)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answer = client.get(reverse("mfa_activate_totp"))
    assert 'src="data:image/svg+xml' in answer.content.decode()
    assert "img-src 'self' blob: data:" in answer["Content-Security-Policy"]


def test_checker_of_pages_sees_what_it_is_for():
    bad = '<h1>a</h1><h1>b</h1><p style="x"></p><script>1</script><input id="lost">'
    assert len(faults(bad)) == 4
