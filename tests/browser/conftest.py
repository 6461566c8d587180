"""A jukebox that is served as `make jukebox` serves it, and a browser that looks at it."""

import os
import shutil

import pytest
from on_page import log_in
from playwright.sync_api import expect, sync_playwright

from jukebox_served import Jukebox

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MISSING = """\
No Chromium is here. Install one and call this again:
  Debian, Ubuntu:  apt-get install chromium
  macOS:           brew install --cask chromium
  Windows:         winget install Hibbiki.Chromium
or name the one that you have: make browser CHROMIUM=/path/to/chrome"""
# Root has no sandbox of its own in a container, and nothing is to be fetched behind a test's back.
OPTIONS = """--no-sandbox --disable-gpu --disable-background-networking --disable-component-update
    --disable-sync --no-first-run""".split()

expect.set_options(timeout=10_000)


def find():
    """The path of the browser that CHROMIUM names, or of the first on PATH; None if there is none."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


def pytest_sessionstart(session):
    if find() is None:
        pytest.exit(MISSING, returncode=1)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served():
    with Jukebox() as jukebox:
        yield jukebox


@pytest.fixture
def jukebox(served):
    """The jukebox with its sample data, as if nobody had been there."""
    served.restore()
    return served


@pytest.fixture
def visit(browser, jukebox):
    """A function that opens the page for one person, who has a browser of their own.

    No page may report an error by the end of the test. Where a request is meant to fail, the
    browser reports that: ``failing=True``.
    """
    contexts, errors = [], []

    def visit(person=None, failing=False, **options):
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"} | options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if not failing:
            page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.goto(jukebox.url)
        expect(page.locator(".song").first).to_be_visible()
        expect(page.locator("#feed-state")).to_have_text("Live")
        if person:
            log_in(page, *person)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []
