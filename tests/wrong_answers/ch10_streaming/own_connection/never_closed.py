"""Nobody else closes them: no teardown knows this connection. Close it in a finally."""

yield from query(connect())
