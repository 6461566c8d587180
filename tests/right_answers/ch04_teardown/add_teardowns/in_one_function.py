"""One teardown for both, each with a try of its own."""

@app.before_request
def start():
    g.started = perf_counter()

@app.teardown_appcontext
def end(exc):
    try:
        app.logger.info("took %.3f seconds", perf_counter() - g.pop("started"))
    except KeyError:
        pass
    try:
        g.pop("conn").close()
    except KeyError:
        pass
    except Exception:
        app.logger.exception("not closed")
