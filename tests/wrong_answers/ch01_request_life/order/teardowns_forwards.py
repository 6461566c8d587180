"""Teardown functions run in reverse, too: last registered, first run."""

found = ["opening", "listener", "shelf", "row", "song", "stamp", "version", "label", "cors", "report", "close", "free"]
missing = ["opening", "listener", "label", "cors", "report", "close", "free"]
refused = ["opening", "listener", "shelf", "stamp", "version", "label", "cors", "report", "close", "free"]
