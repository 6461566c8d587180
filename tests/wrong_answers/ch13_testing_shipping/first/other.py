"""TODO: the hint for this mistake in first."""

return "wrong"
