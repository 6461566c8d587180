"""Two lifetimes are on offer: "context" and "app"."""

lifetimes = {"stock": "request", "letters": "app", "post": "request", "news": "app"}
