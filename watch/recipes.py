"""Recipes by name or from a file of the fields that differ, to be tried on a past week before they are released."""

from datetime import date
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nlp.recipe import CURRENT, NAMED, Recipe
from terms.errors import VardeError

_LARGEST = 100_000


def recipe_of(name: str) -> Recipe:
    """A recipe that Varde knows, or that of a YAML file: its `name` and the fields that differ from the released one.

    Raises VardeError naming what there is, or file and field.
    """
    if name in NAMED:
        return NAMED[name]
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        known = ", ".join(sorted(NAMED))
        raise VardeError(f"--recipe {name}: no such recipe; there are {known}, or give a .yaml file of changed fields")
    return _checked(path, _fields(path))


def _fields(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            read = YAML(typ="safe", pure=True).load(file.read(_LARGEST).decode("utf-8"))
    except OSError as error:
        raise VardeError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise VardeError(f"{path}: not YAML in UTF-8 ({first}); write lines such as `topics_weight: 1.6`") from None
    if not isinstance(read, dict) or not isinstance(read.get("name"), str):
        raise VardeError(f"{path}: must say `name: …` and the fields that differ, such as `topics_weight: 1.6`")
    return {str(key): str(value) if isinstance(value, date) else value for key, value in read.items()}


def _checked(path: Path, fields: dict[str, object]) -> Recipe:
    if fields["name"] in NAMED:
        raise VardeError(f"{path}: name: {fields['name']} is the name of a recipe that Varde knows; choose another")
    try:
        return Recipe.model_validate({**CURRENT.model_dump(), **fields})
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise VardeError(f"{path}: {told}") from None
