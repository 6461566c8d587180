"""Each call of save stores: call it once, and look at what it returned."""

try:
    animal = Animal.model_validate_json(request.get_data())
except ValidationError as error:
    return {"errors": error.errors(include_input=False, include_context=False)}, 422
save(animal.model_dump())
if save(animal.model_dump()):
    return animal.model_dump(), 201
abort(409)
