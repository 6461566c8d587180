"""The id stands behind the data; the kind is that of every event without one."""

lines = ["event: message"]
lines += [f"data: {line}" for line in re.split("\r\n|[\r\n]", text)]
lines += [f"id: {number}", "", ""]
return "\n".join(lines)
