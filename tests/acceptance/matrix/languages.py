"""The languages of the matrix, in the order of its columns."""

from tests.acceptance.matrix.django import DJANGO
from tests.acceptance.matrix.fastapi import FASTAPI
from tests.acceptance.matrix.go import GO
from tests.acceptance.matrix.rust import RUST
from tests.acceptance.matrix.typescript import TYPESCRIPT

LANGUAGES = (FASTAPI, DJANGO, TYPESCRIPT, GO, RUST)
