"""Appends, and drops what is there twice."""

return r.table("queue").get(song_id).update({"skippers": r.row["skippers"].default([]).append(name).distinct()})
