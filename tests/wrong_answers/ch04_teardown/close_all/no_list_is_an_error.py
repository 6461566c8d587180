"""There may be no g.opened. Ask g for it with a default."""

with ExitStack() as stack:
    for thing in g.opened:
        stack.callback(thing.close)
