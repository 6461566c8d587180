"""What each app's tests begin with; the fixture ``app`` is their own."""

import pytest


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def runner(app):
    return app.test_cli_runner()
