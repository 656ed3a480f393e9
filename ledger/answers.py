"""What readers said of single lines, append-only; the newest word of a reader on a cluster stands (P54)."""

from datetime import datetime

from sqlalchemy import Connection, select

from ledger.tables_answers import answers
from terms.answer import Answer


def add_answer(connection: Connection, answer: Answer) -> bool:
    """Add one answer; False where the reader had said just that of just this line, so that a replay adds nothing."""
    of_line = (answers.c.reader_key == answer.reader_key) & (answers.c.digest_key == answer.digest_key)
    newest = select(answers.c.verb, answers.c.note).where(of_line & (answers.c.ref == answer.ref))
    before = connection.execute(newest.order_by(answers.c.answer_no.desc()).limit(1)).one_or_none()
    if before is not None and (before.verb, before.note) == (answer.verb, answer.note):
        return False
    connection.execute(answers.insert().values(**answer.model_dump()))
    return True


def read_answers(
    connection: Connection, company_key: str | None = None, *, since: datetime | None = None
) -> list[Answer]:
    """Every answer in the order it came, of one company or of all."""
    rows = select(answers).order_by(answers.c.answer_no)
    if company_key is not None:
        rows = rows.where(answers.c.company_key == company_key)
    if since is not None:
        rows = rows.where(answers.c.answered_at >= since)
    return [
        Answer.model_validate({name: row._mapping[name] for name in Answer.model_fields})
        for row in connection.execute(rows)
    ]


def read_standing_answers(connection: Connection, company_key: str | None = None) -> list[Answer]:
    """What each reader says now of each cluster, by company, cluster and reader; for the matcher and the broker."""
    standing = {(a.company_key, a.cluster_key, a.reader_key): a for a in read_answers(connection, company_key)}
    return [standing[key] for key in sorted(standing)]
