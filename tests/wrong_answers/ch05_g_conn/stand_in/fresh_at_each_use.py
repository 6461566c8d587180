"""Leave g alone: get_conn opens at the first use, keeps it there, and the teardown closes what it kept."""

def fresh():
    g.pop("conn", None)
    return get_conn()

return LocalProxy(fresh)
