"""Hand the function to pool.submit without calling it: no parentheses after it."""

return pool.submit(function(*args))
