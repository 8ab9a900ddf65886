"""The templates of payment notices: packaged files, and the user's own, which win."""

import tomllib
from pathlib import Path

from mailbot.config.faults import Fault
from mailbot.config.places import packaged
from mailbot.notices import Catalogue, Provider, ProviderFault, provider_of

_COMMON = "_common"


def load_catalogue(own: Path | None, faults: list[Fault]) -> Catalogue:
    """Read every provider; a user's file takes the place of the packaged one of its name, and of its domains.

    What is wrong is noted with file and key, and that provider is left out.
    """
    folders = [folder for folder in (own, packaged("config/notices")) if folder is not None]
    found: dict[str, Provider] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            for name, provider in _providers(file, faults).items():
                found.setdefault(name, provider)
    common = found.pop(_COMMON, None)
    providers: list[Provider] = []
    taken: set[str] = set()
    for provider in found.values():
        if not provider.domains:
            continue
        if taken & provider.domains:
            continue  # a file of the user's own speaks for this domain
        taken |= provider.domains
        providers.append(provider.with_common(common) if common else provider)
    return Catalogue(tuple(providers))


def _providers(file: Path, faults: list[Fault]) -> dict[str, Provider]:
    """One file is one provider of that name, or several, each a table of its own."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        faults.append(Fault(str(file), "", f"is not UTF-8 text (byte {error.start}); save it as UTF-8"))
        return {}
    except OSError as error:
        faults.append(Fault(str(file), "", f"cannot be read: {error.strerror}"))
        return {}
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(str(file), "", f"is not valid TOML: {error}"))
        return {}
    several = bool(values) and all(isinstance(value, dict) and "domains" in value for value in values.values())
    found: dict[str, Provider] = {}
    for name, table in values.items() if several else ((file.stem, values),):
        try:
            found[name] = provider_of(table, name, needs_domains=name != _COMMON)
        except ProviderFault as fault:
            key, _, why = str(fault).partition(": ")
            faults.append(Fault(str(file), f"{name}.{key}" if several else key, why))
    return found
