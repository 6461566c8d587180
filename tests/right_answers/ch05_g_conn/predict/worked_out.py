"""Worked out in a dict, not written down."""

opens = dict.fromkeys(EXPRESSIONS, 0)
opens["inspect.getmembers(g)"] = 1
opens['(g.conn, g.pop("conn"), g.conn)'] = 2
opens = list(opens.values())
