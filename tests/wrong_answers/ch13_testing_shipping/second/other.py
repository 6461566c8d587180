"""TODO: the hint for this mistake in second."""

return "wrong"
