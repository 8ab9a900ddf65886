"""What the bot needs to judge a payment notice: the templates, the keys in DNS, and which addresses are ours."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from mailbot.notices import Catalogue


class TxtRecords(Protocol):
    """TXT records of DNS."""

    async def txt(self, names: Collection[str]) -> Mapping[str, str | None]:
        """The records by name: None where there is none, missing where nobody could say. Never raises."""
        ...


class NoRecords:
    """No DNS at hand: nobody can say anything."""

    async def txt(self, names: Collection[str]) -> Mapping[str, str | None]:
        """Nothing."""
        del names
        return {}


class GivenRecords:
    """Records from a file, in place of DNS.

    A name that is not there is not known, but where the file holds another key of the same domain: then it is none.
    """

    def __init__(self, records: Mapping[str, str | None]) -> None:
        self._records = {name.lower().rstrip("."): text for name, text in records.items()}
        self._domains = {name.rpartition("._domainkey.")[2] for name in self._records if "._domainkey." in name}

    async def txt(self, names: Collection[str]) -> Mapping[str, str | None]:
        """The records that were given."""
        return {
            name: self._records.get(name)
            for name in names
            if name in self._records or name.rpartition("._domainkey.")[2] in self._domains
        }


@dataclass(frozen=True, slots=True)
class Desk:
    """How notices are judged. `authserv_id` names our own provider in Authentication-Results; empty if not known.

    A notice is fresh for `fresh_days` after the day that it bears. `load` gives the templates, and is called late: most
    mails are none.
    """

    load: Callable[[], Catalogue] = Catalogue
    records: TxtRecords = field(default_factory=NoRecords)
    addresses: tuple[str, ...] = ()
    authserv_id: str = ""
    fresh_days: int = 7
    currency: str = ""
