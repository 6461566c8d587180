"""The claims of chapter 13, in-process."""

import pytest

from ch13_testing_shipping import create_app


@pytest.fixture
def app():
    return create_app()


def test_what_the_chapter_claims(client):
    assert client.get("/").json == "TODO: what the chapter says of this response"
