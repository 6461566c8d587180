"""Wide and narrow, light and dark: nothing that axe finds, nothing that sticks out."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_accessible_and_within_the_window(visit, jukebox, width, scheme):
    page = visit(jukebox.dj, viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.locator(".vote").first.click()
    expect(page.locator(".song.voted")).to_have_count(1)
    looked_at(page)
    page.click("#log-out")
    expect(page.locator("#log-in")).to_be_visible()
    page.click("#log-in")
    looked_at(page)


def looked_at(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
