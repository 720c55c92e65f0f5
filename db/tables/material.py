"""What marketers bring in: imports, products, reviews, interactions, past posts and metrics."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from db.about import AboutPeople
from db.types import UtcDateTime, now


class ImportRow(SQLModel, table=True):
    """One file brought in: what it was, how it was read, and what came of every row."""

    __tablename__ = "import"
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    source: str = Field(max_length=200, index=True)
    file_name: str = Field(max_length=300)
    file_sha256: str = Field(max_length=64, index=True)
    mapping: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = Field(default="waiting", max_length=12)
    rows_read: int = 0
    rows_new: int = 0
    rows_updated: int = 0
    rows_same: int = 0
    rows_rejected: int = 0
    rows_flagged: int = 0
    chunks_done: int = 0
    notes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    error: str | None = None
    job_id: str | None = Field(default=None, max_length=80)
    author: str = Field(default="", max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ImportProblemRow(SQLModel, table=True):
    """A rejected or flagged row. The offending value may be personal, so it is sealed."""

    __tablename__ = "import_problem"
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id", index=True)
    chunk: int = 0
    severity: str = Field(max_length=8)
    row_number: int
    column: str = Field(default="", max_length=200)
    sealed_value: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    reason: str = Field(sa_column=Column(Text, nullable=False))


class ImportChangeRow(SQLModel, table=True):
    """What a row was before an import changed it, so that the import can be undone."""

    __tablename__ = "import_change"
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id", index=True)
    table_name: str = Field(max_length=40)
    row_id: int
    before: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class MappingRow(SQLModel, table=True):
    """The mapping a marketer settled for files with these columns, remembered."""

    __tablename__ = "column_mapping"
    signature: str = Field(primary_key=True, max_length=64)
    kind: str = Field(primary_key=True, max_length=20)
    mapping: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ProductRow(SQLModel, table=True):
    """A product. ``known_from`` is "file" or, for one that only reviews mention, "reviews"."""

    __tablename__ = "product"
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id", index=True)
    row_key: str = Field(unique=True, max_length=80)
    row_hash: int = Field(sa_column=Column(BigInteger, nullable=False))
    key: str = Field(unique=True, max_length=200)
    name: str = Field(max_length=300)
    category: str | None = Field(default=None, max_length=200)
    description: str | None = Field(default=None, sa_column=Column(Text))
    url: str | None = Field(default=None, max_length=2000)
    image: str | None = Field(default=None, max_length=2000)
    currency: str | None = Field(default=None, max_length=8)
    known_from: str = Field(default="file", max_length=8)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ProductFactRow(SQLModel, table=True):
    """One checkable statement about a product. Past prices are facts with a window of validity."""

    __tablename__ = "product_fact"
    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    kind: str = Field(max_length=20)
    value: str = Field(sa_column=Column(Text, nullable=False))
    noun_phrase: str | None = Field(default=None, sa_column=Column(Text))
    verb_phrase: str | None = Field(default=None, sa_column=Column(Text))
    amount: float | None = None
    currency: str | None = Field(default=None, max_length=8)
    valid_from: date | None = None
    valid_until: date | None = None
    author: str = Field(default="import", max_length=80)


class ReviewRow(SQLModel, table=True):
    """A review. Its text had patterns of personal data masked at the door."""

    __tablename__ = "review"
    about: ClassVar[AboutPeople] = AboutPeople("customer", "reviews", "profiling")
    __table_args__ = (
        Index("ix_review_product_rating", "product_key", "rating"),
        Index("ix_review_import_customer", "import_id", "customer"),
    )
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id", index=True)
    row_key: str = Field(unique=True, max_length=80)
    row_hash: int = Field(sa_column=Column(BigInteger, nullable=False))
    customer: str = Field(foreign_key="customer.pseudonym", index=True, max_length=32)
    product_key: str | None = Field(default=None, max_length=200)
    rating: float | None = None
    title: str | None = Field(default=None, sa_column=Column(Text))
    text: str | None = Field(default=None, sa_column=Column(Text))
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    age: int | None = None
    helpful_votes: int | None = None
    category: str | None = Field(default=None, max_length=200)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class InteractionRow(SQLModel, table=True):
    """Something a customer did with a product: viewed, bought, returned."""

    __tablename__ = "interaction"
    about: ClassVar[AboutPeople] = AboutPeople("customer", "interactions", "recommendation")
    __table_args__ = (Index("ix_interaction_import_customer", "import_id", "customer"),)
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id", index=True)
    row_key: str = Field(unique=True, max_length=80)
    row_hash: int = Field(sa_column=Column(BigInteger, nullable=False))
    customer: str = Field(foreign_key="customer.pseudonym", index=True, max_length=32)
    product_key: str | None = Field(default=None, index=True, max_length=200)
    kind: str = Field(max_length=40)
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    value: float | None = None
    attributes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class HistoricalPostRow(SQLModel, table=True):
    """A post that was published, with the counts that the channel reported."""

    __tablename__ = "historical_post"
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id", index=True)
    row_key: str = Field(unique=True, max_length=80)
    row_hash: int = Field(sa_column=Column(BigInteger, nullable=False))
    post_key: str | None = Field(default=None, max_length=200)
    channel: str | None = Field(default=None, max_length=40, index=True)
    posted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    title: str | None = Field(default=None, sa_column=Column(Text))
    text: str | None = Field(default=None, sa_column=Column(Text))
    hashtags: str | None = Field(default=None, sa_column=Column(Text))
    format: str | None = Field(default=None, max_length=80)
    link: str | None = Field(default=None, sa_column=Column(Text))
    campaign: str | None = Field(default=None, max_length=200)
    paid: bool | None = None
    impressions: float | None = None
    reach: float | None = None
    clicks: float | None = None
    likes: float | None = None
    comments: float | None = None
    shares: float | None = None
    saves: float | None = None
    follows: float | None = None
    engagements: float | None = None
    video_views: float | None = None
    spend: float | None = None
    conversions: float | None = None
    revenue: float | None = None
    age_group: str | None = Field(default=None, max_length=40)
    gender: str | None = Field(default=None, max_length=40)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class MetricPointRow(SQLModel, table=True):
    """One value of a metric series, overall or for one segment."""

    __tablename__ = "metric_point"
    __table_args__ = (Index("ix_metric_series", "metric", "segment_kind", "segment", "date"),)
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id", index=True)
    row_key: str = Field(unique=True, max_length=80)
    row_hash: int = Field(sa_column=Column(BigInteger, nullable=False))
    date: datetime = Field(sa_type=UtcDateTime)
    metric: str = Field(max_length=120)
    value: float
    denominator: float | None = None
    segment_kind: str | None = Field(default=None, max_length=40)
    segment: str | None = Field(default=None, max_length=200)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
