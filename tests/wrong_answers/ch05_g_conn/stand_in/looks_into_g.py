"""g.conn is there only after get_conn() has been called. Who calls it here?"""

return LocalProxy(lambda: g.conn)
