"""The response is made by hand, and an animal that is known is a plain response with a status."""

from flask import jsonify

try:
    animal = Animal.model_validate_json(request.data).model_dump()
except ValidationError as error:
    hidden = dict.fromkeys(("include_url", "include_input", "include_context"), False)
    return jsonify(errors=error.errors(**hidden)), 422
return (jsonify(animal), 201) if save(animal) else ("", 409)
