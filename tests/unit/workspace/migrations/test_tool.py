from importlib import import_module

from backend_developer.workspace.migrations.tool import DJANGO_EXTENSIONS
from backend_developer.workspace.postgres.extensions import KNOWN
from backend_developer.workspace.postgres.stand_ins import STAND_INS


def test_the_operations_for_extensions_are_those_of_django() -> None:
    operations = import_module("django.contrib.postgres.operations")
    found = {
        made.name: name
        for name in dir(operations)
        if name.endswith("Extension") and name != "CreateExtension" and (made := getattr(operations, name)())
    }
    assert {extension: name for extension, name in found.items() if extension not in STAND_INS} == DJANGO_EXTENSIONS
    assert set(found) <= KNOWN
