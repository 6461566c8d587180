"""Return the query without running it: begin with r.table(...), and end without .run(...)."""

return {"skippers": [name]}
