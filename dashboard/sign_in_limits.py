"""How many wrong passwords may be tried: for one name from one address, for an address and for a name.

Somebody who tries a name from very many addresses uses up the tries of that name, for its owner too. A browser in
which the owner signed in before is therefore counted by itself (OWASP, "Slow Down Online Guessing Attacks with
Device Cookies", read 2026-11): it can be neither kept out by others' tries nor used for more than its own few.
"""

from __future__ import annotations

import hashlib
import os
import time
from array import array
from collections.abc import Callable, Iterator
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

WINDOW = 900.0
NAME_AND_ADDRESS, ADDRESS, NAME = 5, 30, 50
PLACES = 2**16


class Guesses:
    """Tries that are counted before they are judged, so that many at once gain nothing.

    Each of the three counters allows its number of tries at once and gets one back every
    ``WINDOW / number`` seconds (the generic cell rate algorithm, ITU-T I.371). Keys are hashed under a
    secret of this process into a fixed number of places: the memory is bounded, no flood of invented
    names pushes a real one out, and two keys that share a place are only slowed down together.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock, self._secret = clock, Lock(), os.urandom(16)
        self._used_up = {limit: array("d", bytes(8 * PLACES)) for limit in (NAME_AND_ADDRESS, ADDRESS, NAME)}

    def take(self, name: str, address: str, browser: str = "") -> float:
        """Count a try and return 0, or return the seconds to wait until one is allowed.

        Parameters
        ----------
        browser
            What tells the browser apart, where this name signed in there before; else empty.
        """
        with self._lock:
            now, places = self._clock(), list(self._places(name, address, browser))
            for limit, place in places:
                wait = self._used_up[limit][place] + WINDOW / limit - now - WINDOW
                if wait > 0:
                    return wait
            for limit, place in places:
                self._used_up[limit][place] = max(self._used_up[limit][place], now) + WINDOW / limit
            return 0.0

    def forgive(self, name: str, address: str, browser: str = "") -> None:
        """Give back a try that turned out right."""
        with self._lock:
            for limit, place in self._places(name, address, browser):
                self._used_up[limit][place] -= WINDOW / limit

    def _places(self, name: str, address: str, browser: str) -> Iterator[tuple[int, int]]:
        network = _network(address)
        counted = [(NAME_AND_ADDRESS, f"{network}\n{name}"), (ADDRESS, network), (NAME, name)]
        if browser:
            counted = [(NAME_AND_ADDRESS, f"browser {browser}\n{name}")]
        for limit, key in counted:
            digest = hashlib.blake2b(key.encode("utf-8", "replace"), key=self._secret, digest_size=8).digest()
            yield limit, int.from_bytes(digest) % PLACES


def _network(address: str) -> str:
    """Return what one household or office cannot change at will: an IPv4 address or an IPv6 /64 network."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((int(found), 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)
