"""This client carries a caller's token. Shared, it would speak for the first caller only."""

lifetimes = {"stock": "context", "letters": "app", "post": "app", "news": "app"}
