"""push() and pop() in a try"""

app = current_app._get_current_object()

def run():
    context = app.app_context()
    context.push()
    try:
        work(*args)
    finally:
        context.pop()

thread = Thread(target=run, daemon=True)
thread.start()
return thread
