"""Databases go and come back: the page says so, and nothing is lost in silence.

What breaks is the way to the database: the sandboxes keep their data in memory, and a server that is started
again has its data.
"""

from on_page import in_words, song, vote_button, votes
from playwright.sync_api import expect


def test_a_restart_of_rethinkdb_loses_no_vote(visit, jukebox):
    ann, visitor = visit(jukebox.listener, failing=True), visit(failing=True)
    first, *_, last = jukebox.queue()
    vote_button(ann, last["title"]).click()
    expect(votes(visitor, last["title"])).to_have_text(in_words(last["votes"] + 1))

    with jukebox.down("rethinkdb"):
        for page in (ann, visitor):
            expect(page.locator("#feed-state")).not_to_have_text("Live")
        vote_button(ann, first["title"]).click()
        expect(song(ann, first["title"]).locator(".trouble")).to_contain_text("Your vote was not counted.")
        expect(vote_button(ann, first["title"]).locator(".label")).to_have_text("Vote")
    for page in (ann, visitor):
        expect(page.locator("#feed-state")).to_have_text("Live")

    vote_button(ann, first["title"]).click()
    expect(song(ann, first["title"]).locator(".trouble")).to_be_empty()
    for title, before in ((first["title"], first["votes"]), (last["title"], last["votes"])):
        expect(votes(visitor, title)).to_have_text(in_words(before + 1))
        expect(votes(ann, title)).to_have_text(in_words(before + 1, yours=True))


def test_a_search_that_fails_keeps_what_was_typed_and_found(visit, jukebox):
    page = visit(failing=True)
    found = page.locator(".track .title").all_text_contents()
    with jukebox.down("mongodb"):
        page.fill("#q", "rain")
        expect(page.locator("#search-trouble")).to_contain_text("The search failed.", timeout=15_000)
        expect(page.locator("#q")).to_have_value("rain")
        assert page.locator(".track .title").all_text_contents() == found
    page.click("text=Search")
    expect(page.locator("#search-trouble")).to_be_empty()


def test_history_that_cannot_be_read_says_so_and_comes_back(visit, jukebox):
    page = visit(failing=True)
    with jukebox.down("cassandra"):
        page.reload()
        expect(page.locator("#past-trouble")).to_contain_text("could not be loaded", timeout=15_000)
        expect(page.locator(".song").first).to_be_visible()
    expect(page.locator(".play").first).to_be_visible()
    expect(page.locator("#past-trouble")).to_be_empty()


def test_a_feed_that_was_refused_is_asked_for_again(visit):
    page = visit(failing=True)
    # A browser gives up for good when a feed is refused.
    page.route("**/api/feed", lambda route: route.fulfill(status=503))
    page.reload()
    expect(page.locator("#feed-state")).to_have_text("Not connected: trying again")
    expect(page.locator(".song").first).to_be_visible()
    page.unroute("**/api/feed")
    expect(page.locator("#feed-state")).to_have_text("Live")


def test_a_queue_that_cannot_be_read_at_first_appears_later(visit, jukebox):
    page = visit(failing=True)
    with jukebox.down("rethinkdb"):
        page.reload()
        expect(page.locator("#queue-trouble")).to_contain_text("The queue could not be loaded.")
        expect(page.locator(".track").first).to_be_visible()
    expect(page.locator(".song").first).to_be_visible()
    expect(page.locator("#queue-trouble")).to_be_empty()


def test_a_vote_for_a_song_that_is_gone_is_told(visit, jukebox):
    page = visit(jukebox.listener, failing=True)
    first, *_, last = jukebox.queue()
    held = []
    page.route("**/vote", lambda route: held.append(route))
    told = page.locator("#song-trouble")

    # It goes before the vote is refused,
    vote_button(page, first["title"]).click()
    jukebox.remove(first["id"])
    expect(song(page, first["title"])).to_have_count(0)
    held.pop().continue_()
    expect(told).to_contain_text(f"{first['title']}: Your vote was not counted.")

    # or after it.
    with page.expect_request("**/vote"):
        vote_button(page, last["title"]).click()
    held.pop().fulfill(status=503)
    expect(song(page, last["title"]).locator(".trouble")).to_contain_text("Your vote was not counted.")
    expect(told).to_be_empty()
    jukebox.remove(last["id"])
    expect(told).to_contain_text(f"{last['title']}: Your vote was not counted.")
