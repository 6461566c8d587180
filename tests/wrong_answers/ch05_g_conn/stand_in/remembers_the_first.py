"""Something remembers the first answer. LocalProxy asks anew each time: let it ask get_conn."""

found = []


def first_conn():
    if not found:
        found.append(get_conn())
    return found[0]


return LocalProxy(first_conn)
