"""Changes nothing where the name is there."""

return r.table("queue").get(song_id).update(lambda s: r.branch(s["skippers"].default([]).contains(name), {}, {"skippers": s["skippers"].default([]).append(name)}))
