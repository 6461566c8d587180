"""Log what failed, and only that: whoever reads the log looks for trouble."""

for thing in reversed(g.pop("opened", [])):
    try:
        thing.close()
    except Exception:
        pass
    finally:
        current_app.logger.warning("closed %s", thing)
