"""Take it out of g, and then call its close()."""

g.pop("conn", None)
