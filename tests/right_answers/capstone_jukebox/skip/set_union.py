"""set_union with a list of one"""

old = r.row["skippers"].default([])
return r.table("queue").get(song_id).update({"skippers": old.set_union([name])})
