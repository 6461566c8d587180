"""The target was not looked at. Only a path may pass: no host, no https."""

return target or "/"
