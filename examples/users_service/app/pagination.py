"""Lists in pages."""

import logging
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

logger = logging.getLogger(__name__)

MAX_PAGE_SIZE = 100

Item = TypeVar("Item")


class PageRequest(BaseModel):
    """Which part of a list is asked for."""

    limit: int = 20
    offset: int = 0


class Page(BaseModel, Generic[Item]):
    """A part of a list, and how long all of it is."""

    items: list[Item]
    total: int
    limit: int
    offset: int


def page_request(
    limit: int = Query(default=20, ge=1, le=MAX_PAGE_SIZE), offset: int = Query(default=0, ge=0)
) -> PageRequest:
    """The page that a request's query asks for."""
    logger.debug("limit=%d offset=%d", limit, offset)
    return PageRequest(limit=limit, offset=offset)


def make_page(items: list[Item], total: int, request: PageRequest) -> Page[Item]:
    """The answer to a request for a page."""
    return Page(items=items, total=total, limit=request.limit, offset=request.offset)


Paging = Annotated[PageRequest, Depends(page_request)]
