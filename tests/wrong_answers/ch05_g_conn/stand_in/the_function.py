"""Views will write conn.is_open(), without a call before the dot. Return something that stands in for it."""

return get_conn
