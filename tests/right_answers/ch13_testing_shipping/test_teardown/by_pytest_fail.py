"""lets pytest.fail say it"""

import pytest
client = app.test_client()
opened = app.extensions["opened"]
for path in ("/", "/songs", "/fails"):
    client.get(path)
if [c.closed for c in opened] != [1, 1]:
    pytest.fail("leak")
