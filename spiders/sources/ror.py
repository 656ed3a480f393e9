"""ROR: research organisations of the world with their names, types, places and web pages, from the monthly dump."""

import io
from collections.abc import Iterable, Iterator

from spiders.kinds.ror_record import entry_of
from spiders.kinds.rows import mapping, read_json, take_list, take_mapping, take_rows, take_text
from spiders.kinds.stream import ZIP, json_records, member, opened_zip
from spiders.kinds.trouble import Trouble
from spiders.page import Ask, Note, Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.organisation import RegisterEntry


class Ror(Source):
    """Research organisations with their names in all languages; the dump is asked, since the API is metered."""

    title = "Research Organization Registry"
    publisher = "ROR"
    home = "https://ror.org/"
    licence = "CC0 1.0"
    terms = "https://ror.org/about/faqs/"
    attribution = "ROR, CC0"
    kind = "organisation"
    every = 720
    expect = (100_000, 200_000)
    rate = 2.0
    raw_label = "dump"
    recorded_as = ("ror",)
    largest = 256 * 2**20
    unproven = "the dump itself and Zenodo's answer: only answers of its API were at hand"
    versions_url = "https://zenodo.org/api/records/6347574"

    def start(self, plan: Plan) -> Iterable[Ask]:
        """Zenodo's record of all versions, which leads to the newest."""
        return (Ask(self.versions_url, label="versions"),)

    def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
        """The zip of the newest version."""
        if page.label != "versions":
            return ()
        files = [mapping(file, "files") for file in take_list(read_json(page), "files")]
        dumps = [file for file in files if take_text(dict(file), "key").endswith("ror-data.zip")]
        if not dumps:
            raise SourceChanged(f"{page.url} names no file ending in ror-data.zip; look at what Zenodo answers")
        return (Ask(take_text(take_mapping(dumps[0], "links"), "self"), label="dump"),)

    def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[RegisterEntry]:
        """Entries of the dump, a zip or its JSON, or of an answer of the API; one record in memory at a time."""
        if page.label == "versions":
            read_json(page)
            return
        trouble, read = Trouble(self.name, page, note), 0
        for record in records_of(page):
            try:
                entry = entry_of(record, self.name, page.capture_sha256, trouble)
            except ValueError as unreadable:
                trouble.record_unreadable(str(record)[:60], unreadable)
                continue
            read += 1
            yield entry
        trouble.close()
        if trouble.unreadable and not read:
            raise SourceChanged(f"Not one record of {page.url} could be read; compare one with kinds/ror_record.py")


def records_of(page: Page) -> Iterator[object]:
    """Records in whichever shape they come. Raises SourceChanged where it is none of ROR's."""
    if page.body.startswith(ZIP):
        with opened_zip(page) as held:
            name = member(held, "ror-data.json")
            if name is None:
                raise SourceChanged(f"{page.url} holds no …ror-data.json; look at what the dump's files are called")
            with held.open(name) as stream:
                yield from json_records(stream, name)
    elif page.body.lstrip()[:1] == b"[":
        yield from json_records(io.BytesIO(page.body), page.url)
    else:
        answer = read_json(page)
        hits = take_rows(take_mapping(answer, "hits"), "hits")
        yield from (take_mapping(hit, "_source") for hit in hits)
        if "hits" not in read_json(page):
            raise SourceChanged(f"{page.url} is neither ROR's dump nor an answer of its API; look at it")
