"""Takes one after the other from the end of the list."""

opened = g.pop("opened", None) or []
while opened:
    thing = opened.pop()
    try:
        thing.close()
    except Exception as error:
        current_app.logger.warning("%s: %r", thing, error)
