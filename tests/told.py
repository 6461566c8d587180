"""What drivers told a recorder, to be compared."""

KINDS = {"made", "ended", "open", "use", "close", "held"}


def told(events):
    """A line for each event of a driver: "open mongodb 1 of client 1", "close rethinkdb 1, cut, OSError"."""
    return [_line(event) for event in events if event["kind"] in KINDS]


def _line(event):
    if event["kind"] == "held":
        return "held " + ", ".join(event["connections"] + event["things"])
    line = f"{event['kind']} {event.get('connection') or event['thing']}"
    if event.get("owner"):
        line += f" of {event['owner']}"
    if event.get("cut"):
        line += ", cut"
    return f"{line}, {event['raised']}" if event.get("raised") else line
