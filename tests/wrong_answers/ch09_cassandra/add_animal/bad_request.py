"""This body is good JSON, so 400 misleads. 422 says: understood, and not acceptable."""

try:
    animal = Animal.model_validate_json(request.get_data())
except ValidationError:
    abort(400)
if not save(animal.model_dump()):
    abort(409)
return animal.model_dump(), 201
