"""A thread starts without a context. Push one in the thread, around work."""

thread = Thread(target=work, args=args)
thread.start()
return thread
