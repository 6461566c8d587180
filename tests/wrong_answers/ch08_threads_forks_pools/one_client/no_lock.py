"""They all looked before one of them had set. Hold the one lock that all share while you do both."""

if "client" not in app.extensions:
    app.extensions["client"] = make()
return app.extensions["client"]
