"""What one person does, the others see."""

from on_page import in_words, song, titles, vote_button, votes
from playwright.sync_api import expect

SOON = 1000  # milliseconds


def test_a_vote_is_seen_in_the_other_page_within_a_second(visit, jukebox):
    ann, visitor = visit(jukebox.listener), visit()
    last = jukebox.queue()[-1]
    title, count = last["title"], last["votes"]
    vote_button(ann, title).click()
    expect(votes(visitor, title)).to_have_text(in_words(count + 1), timeout=SOON)
    expect(votes(ann, title)).to_have_text(in_words(count + 1, yours=True))
    vote_button(ann, title).click()
    expect(votes(visitor, title)).to_have_text(in_words(count), timeout=SOON)
    expect(vote_button(ann, title)).to_have_text(f"Vote {title} by {last['artist']}")


def test_a_song_that_is_added_appears_in_the_other_page(visit, jukebox):
    ann, visitor = visit(jukebox.listener), visit()
    queued = set(titles(visitor))
    title = next(title for title in ann.locator(".track .title").all_text_contents() if title not in queued)
    track = ann.locator(".track").filter(has_text=title)
    track.locator(".add").click()
    expect(song(visitor, title)).to_be_visible(timeout=SOON)
    expect(song(visitor, title)).to_contain_text(f"added by {jukebox.listener[0]}")
    expect(track.locator(".label")).to_have_text("In the queue")


def test_the_dj_plays_and_removes(visit, jukebox):
    dj, visitor = visit(jukebox.dj), visit()
    first, second, *_ = titles(visitor)
    dj.click("#play")
    expect(visitor.locator("#now-title")).to_have_text(first, timeout=SOON)
    expect(song(visitor, first)).to_have_count(0)
    expect(visitor.locator(".play .title").first).to_have_text(first)
    song(dj, second).locator(".remove").click()
    expect(song(visitor, second)).to_have_count(0, timeout=SOON)
    expect(visitor.locator("#news")).to_contain_text(f"{second} left the queue.")
    assert visitor.locator(".remove:visible, #play:visible").count() == 0


def test_history_comes_in_pages_as_it_is_scrolled(visit, jukebox):
    page = visit()
    plays = jukebox.history()
    assert len(plays) > 20
    expect(page.locator(".play")).to_have_count(20)
    # Before each frame, so that the end is in sight in all of them.
    down = "region => { const down = () => { region.scrollTo(0, 1e9); requestAnimationFrame(down); }; down(); }"
    page.locator("#past-scroll").evaluate(down)
    expect(page.locator("#past-end")).to_be_visible()
    expect(page.locator("#past-end")).to_have_text("That is all.")
    assert page.locator(".play .title").all_text_contents() == [play["title"] for play in plays]
