"""This one is a path of this app. Let it through as it came."""

return "/"
