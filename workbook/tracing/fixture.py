"""The pytest fixture ``no_leaks``: a test fails if its app leaves a connection open or loses a response.

Found by pytest in every project whose environment has this distribution, without a line in a
conftest.py. A test that asks for it and for ``app`` has its app watched::

    def test_things(client, no_leaks):  # `client` asks for `app`
        client.get("/things")

Where there is no fixture ``app``, the test hands its app over with ``no_leaks(app)``. The verdict
comes when all fixtures of the test are at their end, so what they close is closed. A test may
choose what counts: ``no_leaks.fail_on = ["leaked", "unused"]``.
"""

import pytest

VERDICT = pytest.StashKey()


class NoLeaks:
    """Watches apps from ``no_leaks(app)`` on; ``fail_on`` are kinds of findings."""

    def __init__(self):
        self.fail_on = ["leaked", "lost"]
        self._watched = []

    def __call__(self, app):
        from workbook.tracing.findings import Findings
        from workbook.tracing.watch import Watch

        findings = Findings()
        watch = Watch(lambda event: findings.feed([event]))
        self._watched.append((watch, findings))
        watch.attach(app)
        return app

    def verdict(self):
        """Stop watching -> the sentences of what was found."""
        sentences = []
        for watch, findings in reversed(self._watched):
            findings.feed([watch.held()])
            watch.stop()
            findings.finish()
            sentences += [finding.sentence for finding in findings.of(self.fail_on)]
        return sentences


@pytest.fixture
def no_leaks(request):
    request.node.stash[VERDICT] = watching = NoLeaks()
    if "app" in request.fixturenames:
        watching(request.getfixturevalue("app"))
    return watching


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    # Not at the end of the fixture: a client that another fixture made keeps its last context until it is closed.
    try:
        return (yield)
    finally:
        if watching := item.stash.get(VERDICT, None):
            del item.stash[VERDICT]
            if sentences := watching.verdict():
                pytest.fail("\n".join(sentences), pytrace=False)
