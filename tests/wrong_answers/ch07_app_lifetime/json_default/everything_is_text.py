"""Not everything that has a str() belongs into an answer: turn only ObjectIds into text."""

return str(value)
