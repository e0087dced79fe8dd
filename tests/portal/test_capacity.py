"""How the site is reached: ports in chains of proxies, and no more processes than the embedded database serves."""

from __future__ import annotations

import pytest

from dunkelwerk.site.addresses import client_address, parse_networks

PROXIES = parse_networks("10.0.0.0/8, fd00::/8")


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        ("203.0.113.7:567", "203.0.113.7"),
        ("[2001:db8::1]:5", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("198.51.100.1, 203.0.113.7:1, 10.0.0.9:443, [fd00::1]:443", "203.0.113.7"),
        ("203.0.113.7:nonsense", "10.1.2.3"),
    ],
)
def test_a_port_is_no_part_of_the_address(forwarded: str, found: str) -> None:
    assert client_address(peer="10.1.2.3", forwarded=forwarded, trusted=PROXIES) == found


def test_workers_fit_the_embedded_database(monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.cli.serve import ensure_connections
    from dunkelwerk.infra.errors import CommandError

    monkeypatch.delenv("DATABASE_URL", raising=False)
    ensure_connections(2)
    with pytest.raises(CommandError, match="DATABASE_URL"):
        ensure_connections(3)
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/x")
    ensure_connections(64)
