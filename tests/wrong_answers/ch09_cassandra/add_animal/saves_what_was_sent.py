"""Save what the model has made of the body: it has checked it and filled in the defaults."""

try:
    animal = Animal.model_validate_json(request.get_data())
except ValidationError as error:
    return {"errors": error.errors(include_input=False, include_context=False)}, 422
if not save(request.get_json()):
    abort(409)
return animal.model_dump(), 201
