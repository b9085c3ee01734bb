"""What is kept."""

from django.db import models


class Note(models.Model):
    """A text that someone wrote down."""

    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
