"""A number says how often somebody asked, and not who. Keep the names, in a list."""

return r.table("queue").get(song_id).update({"skippers": r.row["skippers"].default(0) + 1})
