"""What every flow needs: the house from the environment, and tables as artifacts on Prefect's pages."""

from collections.abc import Sequence

from prefect.artifacts import create_table_artifact

from watch.house import House, open_house


def house() -> House:
    """The house of this worker, from VARDE_… variables. Raises SettingMissing."""
    return open_house()


def keep_table(key: str, rows: Sequence[dict[str, str]], says: str) -> None:
    """What a run did, as a table an operator can look at (P60)."""
    create_table_artifact(key=key, table=[dict(row) for row in rows] or [{"said": "nothing"}], description=says)
