"""Not everything that has a str() belongs in a response: turn only ObjectIds into text."""

return str(value)
