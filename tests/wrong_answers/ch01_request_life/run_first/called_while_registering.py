"""Do not call it yet: register a function that will."""

app.before_request(prepare())
