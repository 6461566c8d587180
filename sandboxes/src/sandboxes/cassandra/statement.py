"""What the parser makes of a text."""

from types import SimpleNamespace


class Statement(SimpleNamespace):
    """``kind`` says which; ``markers`` are the names of its bind markers, None for each ``?``."""
