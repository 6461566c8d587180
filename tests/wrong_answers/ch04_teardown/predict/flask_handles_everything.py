"""Nobody handled this one, so the teardown is told."""

arguments = [None, None, None, None, None, None, None, None]
