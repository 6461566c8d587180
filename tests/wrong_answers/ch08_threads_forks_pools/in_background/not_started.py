"""Call its start() before you return it."""

app = current_app._get_current_object()

def run():
    with app.app_context():
        work(*args)

return Thread(target=run)
