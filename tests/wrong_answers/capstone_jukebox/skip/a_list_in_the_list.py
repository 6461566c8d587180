"""set_insert takes one name. What takes a list of names is set_union."""

return r.table("queue").get(song_id).update({"skippers": r.row["skippers"].default([]).set_insert([name])})
