"""What was sent may be secret, or huge: include_input=False."""

try:
    animal = Animal.model_validate_json(request.get_data())
except ValidationError as error:
    return {"errors": error.errors(include_context=False)}, 422
if not save(animal.model_dump()):
    abort(409)
return animal.model_dump(), 201
