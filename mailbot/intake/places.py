"""Countries, regions, time zones and languages, and what follows from one for another."""

from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

import holidays
from babel import Locale
from babel.core import get_global

from mailbot.intake.columns import fold

LANGUAGES = ("fr", "en")
"""The languages that letters are written in."""

# The zone where nearly everybody of a country lives, where CLDR lists more than one.
_MAIN_ZONES = {
    "CL": "America/Santiago", "CN": "Asia/Shanghai", "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin", "EC": "America/Guayaquil",
    "ES": "Europe/Madrid", "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti", "PT": "Europe/Lisbon",
    "UA": "Europe/Kiev",
}  # fmt: skip

_REGION_ZONES = {
    "CA": {
        "AB": "America/Edmonton", "BC": "America/Vancouver", "MB": "America/Winnipeg", "NB": "America/Moncton",
        "NL": "America/St_Johns", "NS": "America/Halifax", "NT": "America/Edmonton", "ON": "America/Toronto",
        "PE": "America/Halifax", "QC": "America/Toronto", "SK": "America/Regina", "YT": "America/Whitehorse",
    },
    "FR": {
        "971": "America/Guadeloupe", "972": "America/Martinique", "973": "America/Cayenne", "974": "Indian/Reunion",
        "976": "Indian/Mayotte", "BL": "America/St_Barthelemy", "MF": "America/Marigot", "NC": "Pacific/Noumea",
        "PF": "Pacific/Tahiti", "PM": "America/Miquelon", "WF": "Pacific/Wallis",
    },
    "US": {
        **dict.fromkeys(
            ("CT", "DC", "DE", "GA", "MA", "MD", "ME", "MI", "NC", "NH", "NJ", "NY",
             "OH", "PA", "RI", "SC", "VA", "VT", "WV"),
            "America/New_York",
        ),
        **dict.fromkeys(("AL", "AR", "IA", "IL", "LA", "MN", "MO", "MS", "OK", "WI"), "America/Chicago"),
        **dict.fromkeys(("CO", "MT", "NM", "UT", "WY"), "America/Denver"),
        **dict.fromkeys(("CA", "NV", "WA"), "America/Los_Angeles"),
        "AZ": "America/Phoenix", "HI": "Pacific/Honolulu",
    },
    "AU": {
        "ACT": "Australia/Sydney", "NSW": "Australia/Sydney", "NT": "Australia/Darwin", "QLD": "Australia/Brisbane",
        "SA": "Australia/Adelaide", "TAS": "Australia/Hobart", "VIC": "Australia/Melbourne", "WA": "Australia/Perth",
    },
    "ES": {"CN": "Atlantic/Canary", "CE": "Africa/Ceuta"},
    "PT": {"20": "Atlantic/Azores", "30": "Atlantic/Madeira"},
}  # fmt: skip

# Public holidays of Alsace and Moselle differ from the rest of France (Code du travail, art. L3134-13).
_FRENCH_DEPARTMENTS = {"67": "6AE", "68": "6AE", "bas rhin": "6AE", "haut rhin": "6AE"}
# Grand Est and Lorraine are left out: they hold departments with and without those holidays.
_FRENCH_MAINLAND = frozenset(
    {f"{n:02d}" for n in range(1, 96) if n not in (20, 57, 67, 68)}
    | {"2a", "2b", "auvergne rhone alpes", "bourgogne franche comte", "bretagne", "centre val de loire", "corse",
       "hauts de france", "ile de france", "normandie", "nouvelle aquitaine", "occitanie", "pays de la loire", "paca",
       "provence alpes cote d azur", "paris"}
)  # fmt: skip

_LANGUAGE_OF = {"FR": "fr", "MC": "fr", "GB": "en", "IE": "en", "US": "en", "AU": "en", "NZ": "en"}
_LANGUAGE_NAMES = {
    "francais": "fr",
    "french": "fr",
    "anglais": "en",
    "english": "en",
    "fra": "fr",
    "fre": "fr",
    "eng": "en",
}
_COUNTRY_NAMES = {
    "usa": "US",
    "etats unis d amerique": "US",
    "uk": "GB",
    "angleterre": "GB",
    "england": "GB",
    "ecosse": "GB",
    "scotland": "GB",
    "quebec": "CA",
    "holland": "NL",
    "hollande": "NL",
}


def country_named(text: str) -> str | None:
    """ISO 3166 alpha-2 of a code or of a French or English name; None if unknown."""
    plain = fold(text)
    code = plain.upper()
    if code in _territories():
        return code
    return _country_names().get(plain)


def region_named(text: str, country: str) -> str | None:
    """The subdivision as `holidays` names it; "" where it changes nothing; None if unknown."""
    plain = fold(text).removeprefix(f"{country.lower()} ")
    if country == "FR":
        if plain in _FRENCH_MAINLAND:
            return ""
        plain = _FRENCH_DEPARTMENTS.get(plain, plain).casefold()
    found = _regions(country).get(plain)
    if found is None and not _regions(country):
        return ""  # no region of this country has holidays of its own
    return found


def regions_of(country: str) -> tuple[str, ...]:
    """The regions of a country that `holidays` tells apart."""
    return tuple(sorted(set(_regions(country).values())))


def zone_of(country: str, region: str) -> str:
    """The time zone of a place, or "" where it has several."""
    zone = _REGION_ZONES.get(country, {}).get(region) if region else None
    if zone:
        return zone
    zones = get_global("territory_zones").get(country, [])
    return str(zones[0]) if len(zones) == 1 else _MAIN_ZONES.get(country, "")


def zone_named(text: str) -> str | None:
    """The IANA name, whatever its case; Montréal's old name becomes its present one. None if unknown."""
    plain = text.strip().replace(" ", "_").casefold()
    found = _zones().get(plain)
    return "America/Toronto" if found == "America/Montreal" else found


def language_named(text: str) -> str | None:
    """`fr` or `en` of a code, a locale (fr-CA) or a name; None where letters cannot be written in it."""
    plain = fold(text)
    first = plain.split()[0] if plain else ""
    found = _LANGUAGE_NAMES.get(first, first)
    return found if found in LANGUAGES else None


def language_of(country: str, region: str) -> str:
    """The language of a place where there is one answer, else ""."""
    if country == "CA":
        return {"QC": "fr", "NB": "", "": ""}.get(region, "en")
    return _LANGUAGE_OF.get(country, "")


@cache
def _territories() -> frozenset[str]:
    return frozenset(
        code
        for code in map(str, Locale("en").territories)
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    )


_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


@cache
def _country_names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "fr"):
        for code, name in Locale(language).territories.items():
            if code in _territories():
                names.setdefault(fold(name), code)
    for old, new in get_global("territory_aliases").items():
        if len(old) == 3 and old.isalpha() and len(new) == 1:
            names.setdefault(old.casefold(), new[0])
    return names | _COUNTRY_NAMES


@cache
def _regions(country: str) -> Mapping[str, str]:
    try:
        place = holidays.country_holidays(country)
    except NotImplementedError:
        return {}
    aliases: Mapping[str, str] = getattr(place, "subdivisions_aliases", {})
    found = {fold(alias): code for alias, code in aliases.items()}
    return found | {fold(code): code for code in place.subdivisions}


@cache
def _zones() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones() if "/" in name or name == "UTC"}
