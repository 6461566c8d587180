"""SQL by hand."""

from sqlalchemy import text
sql = """SELECT a.name, (SELECT COALESCE(SUM(r.stock), 0) FROM records r WHERE r.artist_slug = a.slug) AS copies FROM artists a"""
return {row.name: row.copies for row in session.execute(text(sql))}
