"""Where the portal is reached, and which machines in front of it are believed. Source: docs/portal.md.

``DUNKELWERK_PORTAL_URL`` is what stands in the letters; ``DUNKELWERK_TRUSTED_PROXIES`` lists the addresses or networks
of the balancers whose ``X-Forwarded-For`` counts; ``DUNKELWERK_ALLOWED_HOSTS`` further names of the same site.
"""

from __future__ import annotations

import os
import re
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from dunkelwerk.dialogues.settings import configured_url
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

Network = IPv4Network | IPv6Network
PORTED = re.compile(r"(?P<v4>[0-9.]+):[0-9]{1,5}|\[(?P<v6>[0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?")
LOCAL = ("localhost", "127.0.0.1", "[::1]")


def portal_url() -> str:
    """The address of the portal without a slash at the end, or the empty text; raises CommandError for a wrong one."""
    return configured_url()


def is_https() -> bool:
    """Whether people reach the portal by TLS."""
    return portal_url().startswith("https://")


def allowed_hosts() -> list[str]:
    """The names under which a request may come; every name while no address is set."""
    url = portal_url()
    if not url:
        return ["*"]
    more = [name.strip() for name in os.environ.get("DUNKELWERK_ALLOWED_HOSTS", "").split(",") if name.strip()]
    return [urlsplit(url).hostname or "", *LOCAL, *more]


@cache
def parse_networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas; raises CommandError naming the first that is none."""
    found: list[Network] = []
    for each in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ip_network(each, strict=False))
        except ValueError:
            message = _("DUNKELWERK_TRUSTED_PROXIES: {part} ist keine Adresse und kein Netz.")
            raise CommandError(message.format(part=each), code=2) from None
    return tuple(found)


def trusted_proxies() -> tuple[Network, ...]:
    """Whose ``X-Forwarded-For`` counts."""
    return parse_networks(os.environ.get("DUNKELWERK_TRUSTED_PROXIES", ""))


def client_address(*, peer: str, forwarded: str, trusted: tuple[Network, ...]) -> str:
    """The network address that a request came from: the last one of the chain that no trusted proxy has.

    ``forwarded`` is the header, each proxy adds the address of its own peer at the end. It counts only as far as
    trusted machines wrote it; anybody may send one.
    """
    chain = [without_port(part.strip()) for part in forwarded.split(",") if part.strip()]
    address = peer
    while chain and is_within(address, trusted):
        if not is_address(chain[-1]):
            break
        address = chain.pop()
    return address


def without_port(text: str) -> str:
    """The address of ``1.2.3.4:567``, ``[::1]:5`` or ``[::1]``, as some balancers write it; other texts as they are."""
    match = PORTED.fullmatch(text)
    return text if match is None else match["v4"] or match["v6"]


def is_address(text: str) -> bool:
    """Whether it is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_within(text: str, networks: tuple[Network, ...]) -> bool:
    """Whether the address is in one of the networks."""
    if not is_address(text):
        return False
    address = ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)
