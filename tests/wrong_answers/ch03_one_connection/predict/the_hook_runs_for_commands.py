"""No request, so no hook; but the command itself calls get_conn()."""

eager = [1, 1, 1, 1, 1, 3, 2]
lazy = [1, 0, 0, 0, 1, 3, 1]
