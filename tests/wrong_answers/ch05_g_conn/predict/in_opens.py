"""Nothing is in the dictionary yet, so g.conn is never reached."""

opens = [0, 0, 1, 0, 0, 1, 2]
