"""save stands in the try too: a ValidationError from there would be blamed on the visitor."""

try:
    animal = Animal.model_validate_json(request.get_data())
    new = save(animal.model_dump())
except ValidationError as error:
    return {"errors": error.errors(include_input=False, include_context=False)}, 422
if not new:
    abort(409)
return animal.model_dump(), 201
