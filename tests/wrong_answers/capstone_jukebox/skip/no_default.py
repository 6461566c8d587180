"""A song that nobody wants to be skipped has no skippers yet: say what stands in for the field."""

return r.table("queue").get(song_id).update({"skippers": r.row["skippers"].set_insert(name)})
