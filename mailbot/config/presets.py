"""Mail providers and places that `mailbot init` knows. Source: config/presets.toml."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailbot.config.places import packaged


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server of a provider; port 0 is the usual one for its security."""

    host: str
    port: int = 0
    security: str = "tls"


@dataclass(frozen=True, slots=True)
class Provider:
    """A mail provider. `note` is what its users must do first; `refused` says why it cannot be used yet."""

    id: str
    name: str
    imap: Endpoint
    smtp: Endpoint
    domains: tuple[str, ...] = ()
    note: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What a country, or a region of it, usually means for a business there."""

    country: str
    language: str
    timezone: str
    currency: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Presets:
    """All that is known."""

    providers: tuple[Provider, ...]
    places: tuple[Place, ...]

    def provider(self, name: str) -> Provider | None:
        """The provider with this id."""
        return next((provider for provider in self.providers if provider.id == name), None)

    def provider_of(self, email: str) -> Provider | None:
        """The provider whose domain an address is in."""
        domain = email.rpartition("@")[2].lower()
        return next((provider for provider in self.providers if domain in provider.domains), None)

    def place(self, country: str, region: str = "") -> Place | None:
        """The place, or the first one of its country."""
        here = [place for place in self.places if place.country == country]
        return next((place for place in here if place.region == region), here[0] if here else None)


def load_presets() -> Presets:
    """Read the packaged presets."""
    read = tomllib.loads(packaged("config/presets.toml").read_text(encoding="utf-8"))
    return Presets(
        tuple(_provider(entry) for entry in _tables(read, "provider")),
        tuple(Place(**{key: str(value) for key, value in entry.items()}) for entry in _tables(read, "place")),
    )


def _tables(read: Mapping[str, object], key: str) -> Iterable[Mapping[str, object]]:
    value = read[key]
    assert isinstance(value, list), "presets.toml comes with mailbot and is tested"
    return value


def _provider(entry: Mapping[str, object]) -> Provider:
    imap, smtp, domains = entry["imap"], entry["smtp"], entry.get("domains", [])
    assert isinstance(imap, dict)
    assert isinstance(smtp, dict)
    assert isinstance(domains, list)
    texts = {key: str(entry[key]) for key in ("id", "name", "note", "refused") if key in entry}
    return Provider(imap=Endpoint(**imap), smtp=Endpoint(**smtp), domains=tuple(domains), **texts)
