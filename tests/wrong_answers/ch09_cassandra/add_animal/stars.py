"""A body may be anything, also no object at all: let pydantic read it, model_validate_json."""

try:
    animal = Animal(**request.get_json())
except ValidationError as error:
    return {"errors": error.errors(include_input=False, include_context=False)}, 422
if not save(animal.model_dump()):
    abort(409)
return animal.model_dump(), 201
