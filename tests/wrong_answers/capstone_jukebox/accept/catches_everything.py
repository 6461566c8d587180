"""except: and except BaseException catch Ctrl-C too. Catch Exception."""

store(order)
try:
    send(order)
    mark(order)
except BaseException:
    return "pending"
return "sent"
