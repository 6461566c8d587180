"""Code outside of the wrapper runs once, when the view is decorated. There is no request yet."""

if request.authorization is None:
    abort(401)
return view
