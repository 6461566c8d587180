"""For a song that is not there, update calls no function. replace calls it with null: give that back."""

return r.table("queue").get(song_id).replace(lambda s: s.merge({"skippers": s["skippers"].default([]).set_insert(name)}))
