"""Classes in place of names."""

arguments = [None, None, KeyError, KeyError, ValueError, KeyError, SystemExit, KeyError]
