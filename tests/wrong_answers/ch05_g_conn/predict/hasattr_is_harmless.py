"""hasattr tries the attribute to see whether that works, and trying opens it."""

opens = [0, 0, 0, 0, 0, 1, 0]
