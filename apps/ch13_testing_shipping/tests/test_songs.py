"""What visitors get: pages, a session, a stream."""

import json


def test_songs(client):
    assert [song["title"] for song in client.get("/songs").json] == ["Blue in Green", "So What", "Take Five"]


def test_a_vote_is_counted_and_remembered(client):
    assert client.post("/songs/so-what/vote").json["votes"] == 1
    with client.session_transaction() as session:
        assert session["voted"] == ["so-what"]


def test_nobody_votes_twice(client):
    # A session that no request has made.
    with client.session_transaction() as session:
        session["voted"] = ["so-what"]
    assert client.post("/songs/so-what/vote").status_code == 409


def test_another_browser_votes_too(app):
    votes = [app.test_client().post("/songs/so-what/vote").json["votes"] for _ in range(2)]
    assert votes == [1, 2]


def test_the_stream_has_a_line_for_each_song(client, opened):
    # with: the response is closed, and what its body holds open with it.
    with client.get("/songs.ndjson") as response:
        songs = [json.loads(line) for line in response.text.splitlines()]
    assert songs == client.get("/songs").json
    assert [conn.is_open() for conn in opened] == [False, False]


def test_a_visitor_who_leaves_the_stream_leaves_nothing_open(client, opened):
    response = client.get("/songs.ndjson")
    next(response.iter_encoded())
    assert [conn.is_open() for conn in opened] == [True]
    response.close()
    assert [conn.is_open() for conn in opened] == [False]
