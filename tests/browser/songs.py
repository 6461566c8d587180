"""Parts of the page, as a person names them."""


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
