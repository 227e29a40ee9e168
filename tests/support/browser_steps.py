"""Steps that browser tests share."""

from playwright.sync_api import Page

DEMO_PASSWORD = "demo-pneumoscope"


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_load_state("networkidle")
