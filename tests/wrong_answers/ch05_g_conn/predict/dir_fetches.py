"""dir lists names, those of the class too, and fetches none of them."""

opens = [0, 1, 1, 0, 0, 0, 2]
