"""The routes of teams."""

import logging

from fastapi import APIRouter, Depends

from app.auth import require_permission
from app.db import Database
from app.errors import NotFound
from app.pagination import Page, Paging, make_page
from app.teams.repository import TeamRepository
from app.teams.schemas import TeamCreate, TeamOut
from app.validation import clean_name

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/teams", tags=["teams"])


@router.post("", status_code=201)
def create_team(body: TeamCreate, database: Database) -> TeamOut:
    """Make a team."""
    row = TeamRepository(database).create(clean_name(body.name))
    logger.info("id=%s", row["id"])
    return TeamOut.model_validate(row)


@router.get("/{team_id}")
def get_team(team_id: int, database: Database) -> TeamOut:
    """One team."""
    row = TeamRepository(database).find(team_id)
    logger.info("team_id=%d found=%s", team_id, row is not None)
    if row is None:
        raise NotFound(f"team {team_id} does not exist")
    return TeamOut.model_validate(row)


@router.get("")
def list_teams(database: Database, paging: Paging) -> Page[TeamOut]:
    """Teams in pages."""
    rows, total = TeamRepository(database).list_page(paging)
    logger.info("rows=%d total=%d", len(rows), total)
    return make_page([TeamOut.model_validate(row) for row in rows], total, paging)


@router.delete("/{team_id}", status_code=204, dependencies=[Depends(require_permission("teams:delete"))])
def delete_team(team_id: int, database: Database) -> None:
    """Delete a team; only for those who may."""
    deleted = TeamRepository(database).delete(team_id)
    logger.info("team_id=%d deleted=%s", team_id, deleted)
    if not deleted:
        raise NotFound(f"team {team_id} does not exist")
