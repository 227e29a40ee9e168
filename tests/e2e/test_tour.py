"""Every role's pages in both languages: they open, obey the content policy, and axe finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_steps import sign_in

PAGES = {
    "coordinator@demo.example": [
        "/",
        "/archive/uploads/",
        "/archive/cases/",
        "/protocols/",
        "/dashboard/collection/",
        "/dashboard/agreement/",
        "/people/profile/",
    ],
    "scientist@demo.example": ["/training/", "/dashboard/models/", "/archive/cases/"],
    "reader1@demo.example": ["/worklist/", "/people/profile/"],
    "observer@demo.example": ["/", "/dashboard/collection/"],
}


def faults(page) -> list[str]:
    results = Axe().run(page).response
    return [f"{rule['id']}: {node['html'][:120]}" for rule in results["violations"] for node in rule["nodes"]]


def use_language(page, language: str) -> None:
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])


@pytest.mark.e2e
def test_login_page_lists_the_demo_users_and_is_accessible(page, site):
    page.goto(f"{site}/accounts/login/")
    assert page.get_by_text("reader1@demo.example").is_visible()
    assert faults(page) == []


@pytest.mark.e2e
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("person", sorted(PAGES))
def test_pages_of_each_role_are_accessible_in_both_languages(page, site, person, language):
    sign_in(page, site, person)
    use_language(page, language)
    found = {}
    for path in PAGES[person]:
        answer = page.goto(f"{site}{path}")
        assert answer is not None
        assert answer.status == 200, path
        found[path] = faults(page)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.e2e
def test_coordinator_uploads_real_films_and_sees_each_ones_fate(page, site, shared_data):
    sign_in(page, site, "coordinator@demo.example")
    page.goto(f"{site}/archive/uploads/")
    folder = shared_data / "dicom"
    files = [folder / "conformance" / "native_explicit_le_12in16_mono2.dcm", folder / "malformed" / "text_renamed.dcm"]
    page.set_input_files("#files", [str(path) for path in files])
    page.wait_for_selector("[data-finished]")
    text = page.locator("[data-rows]").inner_text()
    assert "accepted" in text
    assert "rejected" in text
