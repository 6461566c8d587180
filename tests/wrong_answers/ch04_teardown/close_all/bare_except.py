"""An order to stop is no failure of a close. In each try catch Exception, not everything."""

for thing in reversed(g.pop("opened", [])):
    try:
        thing.close()
    except:
        current_app.logger.exception("not closed cleanly")
