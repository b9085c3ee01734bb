"""Errors as the service answers them: `{"error": {"code": ..., "message": ...}}`."""

import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

logger = logging.getLogger(__name__)


class ApiError(Exception):
    """An error that the client can act on."""

    status = 400
    code = "bad-request"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(ApiError):
    """There is no such thing."""

    status = 404
    code = "not-found"


class Conflict(ApiError):
    """It is there already."""

    status = 409
    code = "conflict"


class Invalid(ApiError):
    """A value is not acceptable."""

    status = 422
    code = "invalid"


class Unauthorized(ApiError):
    """Who asks is not known."""

    status = 401
    code = "unauthorized"


class Forbidden(ApiError):
    """Who asks may not do that."""

    status = 403
    code = "forbidden"


class TooManyRequests(ApiError):
    """Too many attempts in a short time."""

    status = 429
    code = "too-many-requests"


def error_body(code: str, message: str) -> dict[str, dict[str, str]]:
    """The body of every error answer."""
    return {"error": {"code": code, "message": message}}


def install_error_handlers(app: FastAPI) -> None:
    """Answer every `ApiError` in the same form."""

    @app.exception_handler(ApiError)
    def answer(request: Request, error: ApiError) -> JSONResponse:
        logger.warning("%s %s -> %d %s", request.method, request.url.path, error.status, error.code)
        return JSONResponse(error_body(error.code, error.message), status_code=error.status)
