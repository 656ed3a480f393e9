"""When what is worked out across companies has to be worked out again."""

from hashlib import sha256

from terms.person import Scope
from watch.desk_queue import Workroom, read_scope_maps


def network_stamp(room: Workroom, scope: Scope) -> str:
    """Names the companies served with their need maps, their decisions and the published copy; and the hour."""
    read_scope_maps(room, scope)
    room.decided.refresh()
    told = [repr(room.warehouse.stamp), f"{room.house.clock():%Y-%m-%d %H}", scope.person.role]
    for key in sorted(scope.companies):
        told += [key, room.maps[key][0] if key in room.maps else "", str(room.decided.stands(key).version)]
    return sha256("\0".join(told).encode("utf-8", "replace")).hexdigest()
