"""insert makes a document. update changes one that is there, and nothing where there is none."""

return r.table("queue").insert(
    {"id": song_id, "skippers": [name]},
    conflict=lambda key, old, new: old.merge({"skippers": old["skippers"].default([]).set_insert(name)}),
)
