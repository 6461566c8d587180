"""The caller would wait for it. Call work in the target of a Thread."""

app = current_app._get_current_object()
with app.app_context():
    thread = Thread(target=work(*args))
thread.start()
return thread
