"""A loop in the query, over at most one song."""

return r.table("queue").get_all(song_id).for_each(lambda s: r.table("queue").get(s["id"]).update(lambda x: {"skippers": x["skippers"].default([]).set_insert(name)}))
