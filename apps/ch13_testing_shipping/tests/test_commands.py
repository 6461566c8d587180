"""Commands, and the probes of whatever runs the app."""

from ..db import SONGS


def test_seed_starts_again(client, runner):
    client.post("/songs/so-what/vote")
    assert runner.invoke(args=["seed"]).output == "3 songs\n"
    assert client.get("/songs").json == SONGS


def test_ready_keeps_one_connection(client, opened):
    assert [client.get("/ready").status_code for _ in range(5)] == [200] * 5
    assert [conn.is_open() for conn in opened] == [True]


def test_ready_says_that_the_database_is_away_and_that_it_is_back(client, opened):
    client.get("/ready")
    opened[0]._instance._socket.close()
    assert [client.get(path).status_code for path in ("/ready", "/live", "/ready")] == [503, 200, 200]
