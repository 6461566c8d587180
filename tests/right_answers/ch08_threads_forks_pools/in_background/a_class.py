"""a class of its own, and a context made by the caller"""

context = current_app.app_context()

class Background(Thread):
    def run(self):
        with context:
            work(*args)

thread = Background()
thread.start()
return thread
