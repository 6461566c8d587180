"""A program reads this answer. error.errors() is a list with the field and the reason of each."""

try:
    animal = Animal.model_validate_json(request.get_data())
except ValidationError as error:
    return {"errors": str(error)}, 422
if not save(animal.model_dump()):
    abort(409)
return animal.model_dump(), 201
