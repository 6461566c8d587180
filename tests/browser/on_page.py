"""Parts of the page, as a person names them."""

from playwright.sync_api import expect


def log_in(page, name, password):
    page.click("#log-in")
    page.fill("#login-name", name)
    page.fill("#login-password", password)
    page.click("#login-send")
    expect(page.locator("#person")).to_contain_text(f"Logged in as {name}")


def titles(page):
    return page.locator(".song .title").all_text_contents()


def song(page, title):
    return page.locator(".song").filter(has=page.get_by_role("heading", name=title, exact=True))


def vote_button(page, title):
    return song(page, title).locator(".vote")


def votes(page, title):
    return song(page, title).locator(".count")


def in_words(number, yours=False):
    return f"{number} vote{'' if number == 1 else 's'}{', one is yours' if yours else ''}"
