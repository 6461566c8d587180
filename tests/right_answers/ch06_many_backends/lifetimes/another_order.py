"""The order of the names is another one."""

lifetimes = {"news": "app", "post": "context", "letters": "app", "stock": "context"}
