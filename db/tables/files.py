"""What the file store holds and why: a file that no row names any more is removed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, now


class MediaRow(SQLModel, table=True):
    """A picture, by the SHA-256 of its bytes. The bytes lie in the file store."""

    __tablename__ = "media"
    digest: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=12)
    mime: str = Field(max_length=40)
    width: int
    height: int
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class MediaProductRow(SQLModel, table=True):
    """A picture that a marketer gave for a product. Colour variants share one, so this is a relation."""

    __tablename__ = "media_product"
    product_id: int = Field(primary_key=True, foreign_key="product.id")
    digest: str = Field(primary_key=True, foreign_key="media.digest", max_length=64, index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class FileRow(SQLModel, table=True):
    """A file that is kept for a purpose: an upload that waits, an export, a report, a model's weights.

    Kind ``released`` is the list of what is to be removed unless another row names it.
    """

    __tablename__ = "kept_file"
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=12, index=True)
    digest: str = Field(max_length=64, index=True)
    size: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    name: str = Field(default="", max_length=300)
    author: str = Field(default="", max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
