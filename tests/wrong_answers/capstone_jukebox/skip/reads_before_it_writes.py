"""Somebody else may write in between, and that name is lost. Read the list where it is changed: r.row."""

return r.table("queue").get(song_id).do(lambda s: r.table("queue").get(song_id).update({"skippers": s["skippers"].default([]).set_insert(name)}))
