"""Another write may come in between, and its name is lost. Read the list where it is changed: r.row."""

return r.table("queue").get(song_id).do(lambda s: r.table("queue").get(song_id).update({"skippers": s["skippers"].default([]).set_insert(name)}))
