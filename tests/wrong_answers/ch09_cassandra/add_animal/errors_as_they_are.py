"""The context of an error holds an exception object: leave it out, include_context=False."""

try:
    animal = Animal.model_validate_json(request.get_data())
except ValidationError as error:
    return {"errors": error.errors()}, 422
if not save(animal.model_dump()):
    abort(409)
return animal.model_dump(), 201
