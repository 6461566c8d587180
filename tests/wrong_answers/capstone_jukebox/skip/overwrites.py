"""Those who asked before are gone: take the list that is there, and add to it."""

return r.table("queue").get(song_id).update({"skippers": [name]})
