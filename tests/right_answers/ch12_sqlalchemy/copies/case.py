"""CASE instead of coalesce, and mappings."""

from sqlalchemy import case
total = func.sum(case((Record.stock.is_(None), 0), else_=Record.stock)).label("copies")
rows = session.execute(select(Artist.name.label("name"), total).outerjoin(Record).group_by(Artist.slug, Artist.name))
return {row["name"]: row["copies"] for row in rows.mappings()}
