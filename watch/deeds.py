"""Projects and announcements as the crawl brought them, to walk a partner's evidence back to the bytes."""

import json

from spiders.catalogue import all_sources
from terms.organisation import RECORDS, Announcement, Project
from watch.hauls import lines_of
from watch.house import House


def recorded_deed(house: House, key: str) -> Project | Announcement | None:
    """The newest crawl's word on `source:id`, from its haul: the warehouse keeps no bytes' name beside a project.

    None for what is no project or announcement, or stands in no haul. Raises Damaged where a haul was packed badly.
    """
    name, _, wanted = key.partition(":")
    source = all_sources().get(name)
    noun = RECORDS.get(source.kind) if source else None
    if noun not in (Project, Announcement):
        return None
    written = json.dumps(wanted, ensure_ascii=False).encode()
    for haul in sorted((house.hauls / name).glob("*/"), reverse=True):
        for line in lines_of(haul):
            if written in line:
                found = noun.model_validate_json(line)
                if isinstance(found, Project | Announcement) and found.source_id == wanted:
                    return found
    return None
