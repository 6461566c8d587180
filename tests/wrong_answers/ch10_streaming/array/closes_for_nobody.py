"""GeneratorExit was caught. It says that nobody will read: there is no bracket to be sent any more."""

before = "["
try:
    for page in pages:
        if page:
            yield before + ",".join(dumps(row) for row in page)
            before = ","
except GeneratorExit:
    yield "]"
    return
yield "[]" if before == "[" else "]"
