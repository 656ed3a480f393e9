"""Which network addresses the world may reach, and so may be dialled for somebody else (RELIABILITY 4, P4)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address

# what Python's is_global lets through although it must not be dialled (RELIABILITY 4)
_NOT_PUBLIC_4 = tuple(
    ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "100.64.0.0/10")
)
_PUBLIC_6 = ip_network("2000::/3")
_NOT_PUBLIC_6 = tuple(ip_network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_NAT64, _SIX_TO_FOUR = IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16")


def is_public(address: Address) -> bool:
    """Whether an address may be dialled: globally reachable, after unwrapping IPv4 inside IPv6."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in net for net in _NOT_PUBLIC_4)
    if (inner := _embedded(address)) is not None:
        return is_public(inner)
    return address in _PUBLIC_6 and address.is_global and not any(address in net for net in _NOT_PUBLIC_6)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a mapped (RFC 4291), NAT64 (RFC 6052) or 6to4 (RFC 3056) address stands for."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return IPv4Address((int(address) >> 80) & 0xFFFFFFFF) if address in _SIX_TO_FOUR else None
