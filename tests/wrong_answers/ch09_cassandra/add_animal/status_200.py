"""Something new was made: 201 says so."""

try:
    animal = Animal.model_validate_json(request.get_data())
except ValidationError as error:
    return {"errors": error.errors(include_input=False, include_context=False)}, 422
if not save(animal.model_dump()):
    abort(409)
return animal.model_dump()
