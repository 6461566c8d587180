"""looks first whether the field is there"""

old = r.branch(r.row.has_fields("skippers"), r.row["skippers"], [])
return r.table("queue").get(song_id).update({"skippers": old.union([name]).distinct()})
