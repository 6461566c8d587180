"""ExitStack calls everything, and then it raises what is left. Who catches that?"""

with ExitStack() as stack:
    for thing in g.pop("opened", []):
        stack.callback(thing.close)
