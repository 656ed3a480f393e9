"""What brokers keep apart stands in the ledger; a warehouse is told before it joins anything (P17)."""

from ledger import apart as said_apart
from ledger.apart import KeptApart
from warehouse import apart
from warehouse.apart import Kept
from warehouse.store import Warehouse
from watch.house import House


def bring_splits(house: House, warehouse: Warehouse) -> None:
    """Tell a warehouse every split it does not know: one built anew, or one whose writer was killed while splitting.

    Splits that only the warehouse knows, from before the ledger kept them, go to the ledger first.
    """
    with warehouse.read() as connection:
        held = apart.read_kept(connection)
    with house.ledger.read() as connection:
        said = said_apart.read_apart(connection)
    if unsaid := _lacking(held, said):
        with house.ledger.write() as connection:
            said_apart.keep_apart(connection, [KeptApart(*pair) for pair in unsaid])
    if unheard := _lacking(said, held):
        with warehouse.write() as connection:
            apart.bring(connection, [Kept(*pair) for pair in unheard])


def _lacking(every: list[Kept] | list[KeptApart], known: list[Kept] | list[KeptApart]) -> list[Kept | KeptApart]:
    there = {pair[:2] for pair in known}
    return [pair for pair in every if pair[:2] not in there]
