"""Exceptions, in a tuple."""

arguments = (None, None, KeyError('so-what'), KeyError(), ValueError(), KeyError(), SystemExit(1), KeyError())
