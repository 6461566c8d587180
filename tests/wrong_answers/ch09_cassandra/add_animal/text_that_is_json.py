"""Flask takes text for HTML, also when it is JSON. Return the dict: Flask makes JSON of it and says so."""

try:
    animal = Animal.model_validate_json(request.get_data())
except ValidationError as error:
    return {"errors": error.errors(include_url=False, include_input=False, include_context=False)}, 422
if not save(animal.model_dump()):
    abort(409)
return animal.model_dump_json(), 201
