"""recursion: each close is followed by the rest"""

closers = current_app.extensions["closers"]
def rest(items):
    if items:
        name, thing = items.pop()
        try:
            closers[name](thing)
        except Exception:
            current_app.logger.exception(name)
        finally:
            rest(items)
rest(list(g.pop("backends", {}).items()))
