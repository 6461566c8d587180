"""The query was made, and nobody got it: return it."""

r.table("queue").get(song_id).update({"skippers": r.row["skippers"].default([]).set_insert(name)})
