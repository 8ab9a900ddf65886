"""Which currency a sign or a word means, where its writer lives."""

from collections.abc import Mapping

_NAMES = {
    "EUR": "€ eur euro euros euri euro's",
    "USD": "us$ $us $usd usd",
    "CAD": "ca$ c$ $ca $can $cad cad piastres piasses",
    "GBP": "£ gbp quid sterling",
    "CHF": "chf sfr sfr. fr. franken stutz",
    "MXN": "mx$ mxn",
    "BRL": "r$ brl reais",
    "AUD": "a$ au$ aud",
    "NZD": "nz$ nzd",
    "HKD": "hk$ hkd",
    "SGD": "s$ sgd",
    "JPY": "¥ jpy",
    "INR": "₹ inr rs rs. rupees",
    "XOF": "xof fcfa",
    "ZAR": "zar",
    "MAD": "mad dhs dirhams",
    "TND": "tnd",
    "PLN": "pln zł",
    "CZK": "czk kč",
    "$": "$ dollar dollars bucks pesos",
    "": "balles francs franchi franc dinars",
} | {code: code.lower() for code in ("SEK", "NOK", "DKK", "DZD", "XAF", "XPF")}
_LONG = {
    "us dollars": "USD",
    "u.s. dollars": "USD",
    "canadian dollars": "CAD",
    "australian dollars": "AUD",
    "livres sterling": "GBP",
    "pounds sterling": "GBP",
    "francs cfa": "XOF",
    "f cfa": "XOF",
    "francs suisses": "CHF",
    "schweizer franken": "CHF",
}
# What is money only where people pay with it: elsewhere a pound is a weight, and an R a letter.
_LOCAL = {
    "pounds": ("GBP", "EUR"),
    "pound": ("GBP", "EUR"),
    "fr": ("CHF",),
    "r": ("ZAR",),
    "rand": ("ZAR",),
    "rands": ("ZAR",),
    "dh": ("MAD",),
    "dt": ("TND",),
    "kr": ("SEK", "NOK", "DKK"),
    "kr.": ("SEK", "NOK", "DKK"),
    "kronor": ("SEK",),
    "kroner": ("NOK", "DKK"),
    "grand": ("GBP", "USD", "AUD", "NZD", "CAD", "EUR"),
}
SIGNS: Mapping[str, str] = (
    {sign: currency for currency, signs in _NAMES.items() for sign in signs.split()} | _LONG | dict.fromkeys(_LOCAL, "")
)
"""Every sign and word of a currency, in small letters, and its ISO 4217 code; `$` is some dollar, empty any."""

_HOME_OF_DOLLAR = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP"})
_CURRENCY_OF = {
    "CA": "CAD", "US": "USD", "GB": "GBP", "CH": "CHF", "LI": "CHF", "AU": "AUD", "NZ": "NZD", "MX": "MXN", "BR": "BRL",
    "IN": "INR", "TN": "TND", "MA": "MAD", "SN": "XOF", "CI": "XOF", "HK": "HKD", "SE": "SEK", "NO": "NOK", "DK": "DKK",
    "PL": "PLN", "CZ": "CZK", "JP": "JPY", "AR": "ARS", "CL": "CLP", "CO": "COP", "ZA": "ZAR", "SG": "SGD", "DZ": "DZD",
    "BJ": "XOF", "BF": "XOF", "ML": "XOF", "NE": "XOF", "TG": "XOF", "CM": "XAF", "GA": "XAF", "CG": "XAF", "TD": "XAF",
    "KE": "KES", "NG": "NGN", "GH": "GHS", "IL": "ILS", "PE": "PEN", "UY": "UYU", "PH": "PHP", "NC": "XPF", "PF": "XPF",
}  # fmt: skip
_EURO = frozenset(
    "FR BE DE AT ES IT NL PT IE LU FI GR SK SI EE LV LT MT CY HR MC RE GP MQ GF YT PM AD SM VA BG".split()  # noqa: SIM905 - a list of codes reads best in a line
)
_DOLLARS = {
    "cad": "CAD", "can": "CAD", "ca": "CAD", "usd": "USD", "us": "USD", "aud": "AUD", "au": "AUD", "nzd": "NZD",
    "nz": "NZD", "mxn": "MXN", "hkd": "HKD", "sgd": "SGD",
}  # fmt: skip
_PEOPLES = {"canad": "CAD", "ameri": "USD", "améri": "USD", "austr": "AUD"}


def currency_of(country: str) -> str:
    """The currency of a country (ISO 3166 to ISO 4217), or empty where it is not known."""
    return "EUR" if country.upper() in _EURO else _CURRENCY_OF.get(country.upper(), "")


def currency_of_sign(sign: str, default_currency: str) -> str:
    """The currency of a sign: a dollar is the default one where that is some dollar, slang is of any currency.

    Empty where the sign is no money at home.
    """
    if sign in _LOCAL:
        homes = _LOCAL[sign]
        return default_currency if default_currency in homes else homes[0] if not default_currency else ""
    found = SIGNS.get(sign, "")
    if found == "$":
        return default_currency if default_currency in _HOME_OF_DOLLAR else "USD"
    return found or default_currency or "EUR"


def dollar_of(whose: str, currency: str) -> str:
    """The dollar that its writer tells apart: `$500 US`, `500 dollars canadiens`."""
    if not whose or currency not in _HOME_OF_DOLLAR:
        return currency
    plain = whose.lower()
    return _DOLLARS.get(plain) or _PEOPLES.get(plain[:5], currency)
