"""The action."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.rss.client import Feeds
from nodeloom_connectors.rss.entries import Entry, entries_of
from nodeloom_connectors.sdk import ActionContext, action


class FeedParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        title="Address of the feed", min_length=1, max_length=2000, examples=["https://example.com/feed.xml"]
    )


class ReadParams(FeedParams):
    limit: int = Field(default=50, ge=1, le=1000, title="Entries at most")


@action(title="Read a feed", effect="read", summary="{url}", icon="rss", aliases=("rss", "atom", "news", "blog"))
async def read(ctx: ActionContext[Feeds], params: ReadParams) -> list[Entry]:
    """Reads the entries that a feed shows now, in its order."""
    document = await ctx.client.document(params.url)
    return [] if document is None else (await entries_of(document))[: params.limit]
