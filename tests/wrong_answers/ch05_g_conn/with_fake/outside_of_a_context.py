"""There is no g outside of a context. Put the fake in when a context has been pushed."""

g.conn = fake
return app.test_client().get(path)
