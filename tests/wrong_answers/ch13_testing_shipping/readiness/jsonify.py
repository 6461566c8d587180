"""No database raised here: it was your own code. A plain dict and a number are enough."""

from flask import jsonify
result = {}
for name, ask in (required | optional).items():
    try:
        ask()
        result[name] = "ok"
    except Exception:
        result[name] = "away"
return jsonify(result), 503 if any(result[n] == "away" for n in required) else 200
