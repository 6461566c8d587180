"""the context is made by the caller and entered in the thread"""

context = current_app.app_context()
def run():
    with context:
        work(*args)
thread = Thread(target=run)
thread.start()
return thread
