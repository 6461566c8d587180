"""The hooks of a blueprint run for its own routes only. Register yours on the app."""

bp = Blueprint("timing", "timing")
@bp.before_request
def start():
    g.began = perf_counter()
@bp.after_request
def stop(response):
    response.headers["X-Milliseconds"] = str((perf_counter() - g.began) * 1000)
    return response
app.register_blueprint(bp)
