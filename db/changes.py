"""One number that grows with every change that is kept, so that what was read can be used until it grows."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col


class ChangeRow(SQLModel, table=True):
    """The one row that counts the changes; every transaction that keeps something adds one."""

    __tablename__ = "data_change"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int


@dataclass
class ChangesSeen:
    """The newest number of changes that this process knows of; it never goes back."""

    number: int = 0

    def note(self, number: int) -> None:
        """Learn of a number."""
        self.number = max(self.number, number)


def count_one(session: Session) -> int:
    """Count one more change, inside the transaction that makes it; return the new number.

    Called last, since on PostgreSQL it makes others who count wait until this transaction ends.
    """
    grown = sa.update(ChangeRow).values(number=col(ChangeRow.number) + 1).returning(col(ChangeRow.number))
    return int(session.connection().execute(grown).scalar_one())


def number(session: Session) -> int:
    """Return the number of changes that this session sees.

    Read it before the data: what is read afterwards is then at least as new as the number says.
    """
    return int(session.connection().execute(sa.select(col(ChangeRow.number))).scalar_one())
