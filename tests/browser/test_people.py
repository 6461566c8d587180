"""Who may do what, by mouse, by keyboard and by screen reader."""

from on_page import in_words, log_in, song, titles, vote_button, votes
from playwright.sync_api import expect


def test_who_is_logged_out_cannot_vote(visit, jukebox):
    page = visit(failing=True)
    top = jukebox.queue()[0]
    expect(vote_button(page, top["title"]).locator(".label")).to_have_text("Log in to vote")
    vote_button(page, top["title"]).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    status = page.evaluate(
        """async (path) => {
            const { token } = await (await fetch("/api/csrf")).json();
            return (await fetch(path, { method: "POST", headers: { "X-CSRFToken": token } })).status;
        }""",
        f"/api/queue/{top['id']}/vote",
    )
    assert status == 401
    assert jukebox.queue()[0]["votes"] == top["votes"]


def test_a_wrong_password_keeps_what_was_typed(visit, jukebox):
    page = visit(failing=True)
    page.click("#log-in")
    page.fill("#login-name", jukebox.listener[0])
    page.fill("#login-password", "a guess")
    page.keyboard.press("Enter")
    expect(page.locator("#login-trouble")).to_contain_text("You are not logged in.")
    expect(page.locator("#login-name")).to_have_value(jukebox.listener[0])
    expect(page.get_by_role("dialog")).to_be_visible()


def test_everything_by_keyboard_alone(visit, jukebox):
    page = visit()
    press = page.keyboard.press

    def tab_to(name):
        for _ in range(80):
            press("Tab")
            if focused_name(page).startswith(name):
                return
        raise AssertionError(f"Tab never comes to {name!r}")

    press("Tab")
    assert focused_name(page) == "Skip to the queue"
    tab_to("Log in")
    press("Enter")
    press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert focused_name(page) == "Log in"
    press("Enter")
    page.keyboard.type(jukebox.listener[0])
    press("Tab")
    page.keyboard.type(jukebox.listener[1])
    press("Enter")
    expect(page.locator("#person")).to_contain_text("Logged in")

    last = titles(page)[-1]
    count = int(votes(page, last).inner_text().split()[0])
    tab_to(f"Vote {last} ")
    press("Enter")
    expect(votes(page, last)).to_have_text(in_words(count + 1, yours=True))
    assert focused_name(page).startswith(f"Take back {last} ")

    tab_to("Title or artist")
    page.keyboard.type("zzzz")
    expect(page.locator("#found")).to_have_text("No song found for “zzzz”.")
    press("Control+A")
    press("Delete")
    expect(page.locator(".add").first).to_be_visible()
    tab_to("Add ")
    title = focused_name(page).removeprefix("Add ").partition(" by ")[0]
    press("Space")
    expect(song(page, title)).to_be_visible()
    assert focused_name(page).startswith(f"In the queue {title}")


def test_focus_stays_while_others_change_the_list(visit, jukebox):
    page = visit(jukebox.listener)
    last = jukebox.queue()[-1]
    button = vote_button(page, last["title"])
    button.focus()
    # What the browser reports of the focus while the list is mended: nothing.
    page.evaluate("addEventListener('focusout', () => { document.title = 'lost'; })")
    with jukebox.client(jukebox.dj) as dj:
        for other in jukebox.queue()[:-1]:
            dj.delete(f"/api/queue/{other['id']}/vote")
        dj.post(f"/api/queue/{last['id']}/vote")
        expect(votes(page, last["title"])).to_have_text(in_words(last["votes"] + 1))
        expect(button).to_be_focused()
        assert page.title() == "Jukebox"
        dj.delete(f"/api/queue/{last['id']}").raise_for_status()
    expect(song(page, last["title"])).to_have_count(0)
    assert focused_name(page).startswith("Vote ")


def test_a_vote_is_not_cast_in_the_name_of_who_logged_in_elsewhere(visit, jukebox):
    page = visit(jukebox.listener, failing=True)
    top = jukebox.queue()[0]
    tab = page.context.new_page()
    tab.goto(jukebox.url)
    tab.click("#log-out")
    log_in(tab, *jukebox.other)
    vote_button(page, top["title"]).click()
    expect(song(page, top["title"]).locator(".trouble")).to_contain_text("Your vote was not counted.")
    expect(page.locator("#person")).to_have_text(f"Logged in as {jukebox.other[0]}")
    assert jukebox.queue()[0]["votes"] == top["votes"]


def test_what_comes_from_the_server_is_text(visit):
    page = visit()
    hostile = "<img src=x onerror=\"document.title='run'\">"
    track = {"id": "x", "title": hostile, "artist": hostile, "seconds": 1}
    answer = {"tracks": [track], "page": 1, "per_page": 8, "total": 1}
    page.route("**/api/catalogue?*", lambda route: route.fulfill(json=answer))
    page.fill("#q", "x")
    expect(page.locator(".track .title")).to_have_text([hostile])
    assert page.title() == "Jukebox"


def test_no_script_but_the_pages_own_runs(visit):
    page = visit(failing=True)
    ran = page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.head.append(script);
            return window.ran === true;
        }"""
    )
    assert not ran


def focused_name(page):
    """The name that a screen reader would say of what has the focus."""
    return page.evaluate(
        """() => {
            const at = document.activeElement;
            const text = at.labels?.length ? at.labels[0].textContent : at.textContent;
            return text.trim().replace(/\\s+/g, " ");
        }"""
    )
