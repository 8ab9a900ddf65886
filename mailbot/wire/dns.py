"""TXT records of DNS, for the keys of signatures. A server that does not answer says nothing; it is never a failure."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dns.asyncresolver

log = logging.getLogger(__name__)

_PATIENCE_S = 5.0
_CACHED = 256


class DnsRecords:
    """Asks the machine's own resolver, for all of one mail at once; answers are kept as long as they hold."""

    def __init__(self, patience_s: float = _PATIENCE_S, resolver: "dns.asyncresolver.Resolver | None" = None) -> None:
        self._patience_s = patience_s
        self._resolver = resolver

    async def txt(self, names: Collection[str]) -> Mapping[str, str | None]:
        """The records by name: None where there is none, missing where nobody could say. Never raises."""
        asked = list(dict.fromkeys(names))
        answers = await asyncio.gather(*(self._ask(name) for name in asked))
        return {name: text for name, (text, told) in zip(asked, answers, strict=True) if told}

    async def _ask(self, name: str) -> tuple[str | None, bool]:
        import dns.exception  # noqa: PLC0415 - loaded when a notice comes
        import dns.resolver  # noqa: PLC0415

        try:
            if self._resolver is None:
                self._resolver = _own_resolver()
            found = await self._resolver.resolve(name, "TXT", lifetime=self._patience_s)
        except dns.resolver.NoAnswer:
            return None, True
        except dns.resolver.NXDOMAIN:
            return None, await self._sees_domain_of(name)
        except (dns.exception.DNSException, OSError, ValueError) as fault:
            log.info("the keys of a payment notice could not be looked up: %s", type(fault).__name__)
            return None, False
        records = [b"".join(record.strings).decode("utf-8", "replace") for record in found]
        keys = [text for text in records if "p=" in text]
        return next(iter(keys or records), None), True

    async def _sees_domain_of(self, name: str) -> bool:
        """Whether the domain above a missing key exists here; a machine that is cut off is told that nothing does."""
        import dns.exception  # noqa: PLC0415
        import dns.resolver  # noqa: PLC0415

        domain = name.partition("._domainkey.")[2] or name
        try:
            assert self._resolver is not None
            await self._resolver.resolve(domain, "SOA", lifetime=self._patience_s, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            log.info("DNS knows nothing of %s: the keys of a payment notice count as not looked up", domain)
            return False
        except (dns.exception.DNSException, OSError, ValueError):
            return False
        return True


def _own_resolver() -> "dns.asyncresolver.Resolver":
    import dns.asyncresolver  # noqa: PLC0415
    import dns.resolver  # noqa: PLC0415

    resolver = dns.asyncresolver.Resolver()
    resolver.cache = dns.resolver.LRUCache(_CACHED)
    return resolver
