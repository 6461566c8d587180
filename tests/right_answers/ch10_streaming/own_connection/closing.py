"""contextlib.closing in place of try and finally."""

from contextlib import closing

with closing(connect()) as conn:
    for row in query(conn):
        yield row
