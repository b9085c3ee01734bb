"""Permissions: what a role may do."""

import logging

logger = logging.getLogger(__name__)

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    "reader": frozenset({"teams:read"}),
    "editor": frozenset({"teams:read", "teams:write"}),
    "admin": frozenset({"teams:read", "teams:write", "teams:delete", "clients:manage"}),
}


def permissions_of(role: str) -> frozenset[str]:
    """What a role may do; nothing where the role is not known."""
    permissions = ROLE_PERMISSIONS.get(role)
    if permissions is None:
        logger.warning("unknown role %s", role)
        return frozenset()
    return permissions


def is_allowed(role: str, permission: str) -> bool:
    """Whether a role has a permission; `<area>:*` asks for any of an area."""
    permissions = permissions_of(role)
    area, _, action = permission.partition(":")
    allowed = permission in permissions
    if action == "*":
        allowed = any(owned.startswith(f"{area}:") for owned in permissions)
    logger.debug("role=%s permission=%s allowed=%s", role, permission, allowed)
    return allowed
