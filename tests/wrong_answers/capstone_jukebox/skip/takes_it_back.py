"""The second time takes the name out again: then a request that is repeated undoes the first."""

return r.table("queue").get(song_id).update(lambda s: {"skippers": r.branch(s["skippers"].default([]).contains(name), s["skippers"].set_difference([name]), s["skippers"].default([]).append(name))})
