"""What the service answers."""

import json
import logging

from django.http import HttpRequest, JsonResponse

from notes.models import Note
from notes.texts import title, words

logger = logging.getLogger(__name__)


def health(request: HttpRequest) -> JsonResponse:
    """Whether it is up."""
    logger.info("[views:health] method=%s", request.method)
    return JsonResponse({"status": "ok"})


def notes(request: HttpRequest) -> JsonResponse:
    """All notes, or with POST a new one."""
    logger.info("[views:notes] method=%s", request.method)
    if request.method != "POST":
        return JsonResponse({"notes": [shown(note) for note in Note.objects.order_by("id")]})
    note = Note.objects.create(text=json.loads(request.body)["text"])
    logger.info("[views:notes] made id=%d", note.id)
    return JsonResponse(shown(note), status=201)


def shown(note: Note) -> dict[str, object]:
    """A note as JSON."""
    return {"id": note.id, "title": title(note.text), "words": words(note.text)}
