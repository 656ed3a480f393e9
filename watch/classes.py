"""Classes for what has none: a model trained on the patents of this house, kept with what it is worth (P03)."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from nlp.classes import FEWEST_PATENTS, ClassModel, Predicted, packed, places_of, subclasses, train, unpacked
from nlp.columns_ground import unpacked as unpacked_ground
from nlp.ground import Ground
from nlp.recipe import CURRENT
from terms.errors import NotFound, VardeError
from terms.match import Document
from warehouse import classes, grounds, items, matches
from warehouse.store import Connection
from watch.house import House

MOST_PATENTS = 20_000  # more teach little that is new, and take longer
_AT_ONCE = 1_000  # patents read at a time; bounds memory
_OUTGROWN = 2  # times the patents that the model was trained on


class Standing(NamedTuple):
    """The stored model with the statistics it stands on."""

    model: ClassModel
    ground: Ground
    trained_at: datetime


def train_classes(house: House, step: Callable[[str], None] = lambda _: None) -> Standing:
    """Learn the classes of the stored patents anew and keep the model.

    Raises VardeError where there are too few patents, or no corpus statistics yet to stand on.
    """
    with house.warehouse.read() as connection:
        taken = grounds.read_ground(connection, CURRENT.model_version)
        if taken is None:
            raise VardeError("there are no corpus statistics yet; run `varde match` once 300 items are stored")
        ground = unpacked_ground(taken.packed)
        keys = classes.sample_patents(connection, MOST_PATENTS)
        step(f"learning from {len(keys)} patents")
        model = _trained(connection, keys, ground)
    if model is None:
        raise VardeError(
            f"{len(keys)} patents are stored; classes are learned from {FEWEST_PATENTS} that carry CPC or IPC codes"
        )
    now = house.clock()
    with house.warehouse.write() as connection:
        classes.store_class_model(connection, _stamp(taken.packed), len(keys), packed(model), at=now)
    return Standing(model, ground, now)


def refresh_classes(house: House) -> str:
    """Train where it is due: no model for today's statistics, or twice the patents. Says in a word what was done."""
    with house.warehouse.read() as connection:
        patents, standing = classes.count_patents(connection), class_model(connection)
    if standing is not None and min(patents, MOST_PATENTS) < _OUTGROWN * standing.model.patents:
        return "stands"
    if patents < FEWEST_PATENTS:
        return "too few patents"
    try:
        return f"trained: {train_classes(house).model.model_version}"
    except VardeError:  # patents enough, but not with codes, or no statistics yet
        return "too few patents"


def class_model(connection: Connection) -> Standing | None:
    """The stored model; None where there is none, or the statistics it stood on were taken anew."""
    kept, taken = classes.read_class_model(connection), grounds.read_ground(connection, CURRENT.model_version)
    if kept is None or taken is None or kept.ground != _stamp(taken.packed):
        return None
    return Standing(unpacked(kept.packed), unpacked_ground(taken.packed), kept.trained_at)


def standing_classes(house: House) -> Standing | None:
    """The same of a house."""
    with house.warehouse.read() as connection:
        return class_model(connection)


def predicted_classes(house: House, item_keys: Sequence[str]) -> dict[str, tuple[Predicted, ...]]:
    """The likeliest subclasses of stored items by key, of papers and calls as of patents.

    Raises NotFound for a key that is not stored, VardeError where no model is trained.
    """
    with house.warehouse.read() as connection:
        standing = class_model(connection)
        stored = items.read_items(connection, item_keys)
    missing = [key for key in item_keys if key not in stored]
    if missing:
        raise NotFound(f"no item {missing[0]!r} is stored; keys are `source:id`, as `varde explain` shows them")
    if standing is None:
        raise VardeError("no classes are learned yet; `varde classes --train` learns them from the stored patents")
    documents = [_document(stored[key].item.title, stored[key].item.text, key) for key in item_keys]
    places = places_of(documents, standing.ground, CURRENT)
    return dict(zip(item_keys, standing.model.predict(places), strict=True))


def _document(title: str, text: str, key: str) -> Document:
    return Document(cluster_key=key, item_key=key, kind="publication", title=title, text=text)


def _trained(connection: Connection, keys: Sequence[str], ground: Ground) -> ClassModel | None:
    """A model from the patents among the keys that carry codes; they are read in pieces."""
    places, labels, names = [], list[frozenset[str]](), list[str]()
    for start in range(0, len(keys), _AT_ONCE):
        read = matches.read_documents(connection, keys[start : start + _AT_ONCE])
        coded = [document for document in read if subclasses(document.codes)]
        places.append(places_of(coded, ground, CURRENT))
        labels += [subclasses(document.codes) for document in coded]
        names += [document.cluster_key for document in coded]
    return train(np.vstack(places), labels, names) if places else None


def _stamp(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()[:16]
