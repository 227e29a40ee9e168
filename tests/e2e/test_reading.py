"""A reader reads a film by keyboard and signs it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_steps import DEMO_PASSWORD, sign_in


@pytest.mark.e2e
def test_reader_signs_a_normal_film_by_keyboard(page, site):
    sign_in(page, site, "reader1@demo.example")
    page.goto(f"{site}/worklist/")
    page.locator(".page-header__actions a").click()
    page.wait_for_selector("body[data-film-ready]", timeout=60_000)
    assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []
    case_url = page.url
    page.keyboard.press(".")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("dialog[open] input[type=password]")
    page.fill("dialog[open] input[type=password]", DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != case_url, timeout=30_000)
    page.goto(case_url)
    page.wait_for_load_state("networkidle")
    assert "Rei Reader" in page.content()
