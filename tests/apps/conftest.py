"""What each app's tests begin with; the fixture ``app`` is their own."""

import pytest


@pytest.fixture(autouse=True)
def watched(no_leaks):
    """What an app leaves open makes its test red; one that leaks on purpose says so in ``no_leaks.expected``."""


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def runner(app):
    return app.test_cli_runner()
