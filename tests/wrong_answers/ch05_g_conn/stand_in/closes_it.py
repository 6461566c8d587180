"""The teardown closes. What you return hands on what get_conn() returns, and does nothing to it."""

def current():
    conn = get_conn()
    conn.close()
    return conn
return LocalProxy(current)
