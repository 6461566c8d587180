"""Count up before the view: in a before_request function."""

for name, view in list(app.view_functions.items()):
    def counted(*args, view=view, **kw):
        app.extensions["busy"] += 1
        try:
            return view(*args, **kw)
        finally:
            app.extensions["busy"] -= 1
    app.view_functions[name] = counted
