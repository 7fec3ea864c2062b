"""How a workspace's pages look."""

from datetime import datetime

from sqlmodel import Field

from nodeloom.adapters.columns import Table, UtcTime


class PageLook(Table, table=True):
    """`accent` is #rrggbb; a workspace without a row has the product's own colour and its name as the brand."""

    __tablename__ = "page_look"  # pyright: ignore[reportAssignmentType]

    workspace_id: str = Field(primary_key=True)
    accent: str
    brand: str
    updated_at: datetime = Field(sa_type=UtcTime)
