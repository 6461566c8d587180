"""Nothing of a caller is in this client, and httpx lets threads share it. Why make one for each?"""

lifetimes = {"stock": "context", "letters": "app", "post": "context", "news": "context"}
