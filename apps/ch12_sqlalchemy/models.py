from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .db import db

NAME = String(60)


class Artist(db.Model):
    __tablename__ = "artists"

    slug: Mapped[str] = mapped_column(NAME, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    records: Mapped[list["Record"]] = relationship(back_populates="artist", order_by="Record.slug")


class Record(db.Model):
    __tablename__ = "records"
    __table_args__ = (CheckConstraint("stock >= 0"),)

    slug: Mapped[str] = mapped_column(NAME, primary_key=True)
    title: Mapped[str] = mapped_column(NAME)
    stock: Mapped[int]
    artist_slug: Mapped[str] = mapped_column(ForeignKey("artists.slug"))
    artist: Mapped[Artist] = relationship(back_populates="records")


class Sale(db.Model):
    __tablename__ = "sales"

    number: Mapped[int] = mapped_column(primary_key=True)
    buyer: Mapped[str] = mapped_column(NAME)
    record_slug: Mapped[str] = mapped_column(ForeignKey("records.slug"))
