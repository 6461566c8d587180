"""Made in two steps."""

lifetimes = dict.fromkeys(["stock", "post"], "context")
lifetimes |= dict.fromkeys(["letters", "news"], "app")
