"""Counted, not written down."""

eager = [1] * 5 + [3, 1]
lazy = [int(work in ("HEAD /songs", "POST /songs/no-such-song/vote")) for work in WORK[:5]] + [3, 1]
