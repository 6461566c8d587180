"""Reads the JSON first, and says 400 where there is none; the response is made by hand."""

from flask import jsonify

body = request.get_json(force=True)
try:
    animal = Animal.model_validate(body).model_dump()
except ValidationError as error:
    hidden = dict.fromkeys(("include_url", "include_input", "include_context"), False)
    return jsonify(errors=error.errors(**hidden)), 422
return (jsonify(animal), 201) if save(animal) else ("", 409)
