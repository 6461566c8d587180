"""Teardown functions run in reverse, too: last registered, first run."""

found = ["opening", "listener", "shelf", "song", "version", "label", "cors", "report", "close", "free"]
missing = ["opening", "listener", "label", "cors", "report", "close", "free"]
refused = ["opening", "listener", "version", "label", "cors", "report", "close", "free"]
