"""The body is the visitor's mistake, and 500 says that it is yours: catch ValidationError."""

animal = Animal.model_validate_json(request.get_data())
if not save(animal.model_dump()):
    abort(409)
return animal.model_dump(), 201
