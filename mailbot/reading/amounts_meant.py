"""Which numbers in a mail are amounts of money, and what its writer says of each: paid, contested or offered.

Linear models over named features, trained by `train_amounts.py`: what stands beside a number, and what the mail and
its sentence say. An amount that carries its currency is always one.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import sqrt

from mailbot.core.intent import Intent, Role
from mailbot.core.money import Money
from mailbot.reading.amount_cues import beside_a_number, cues_beside
from mailbot.reading.amounts import Amount, amounts_at, currency_of
from mailbot.reading.around import Place, features_around, surroundings_of
from mailbot.reading.commitment import Odds, Row, odds_of
from mailbot.reading.dates import days_in
from mailbot.reading.linear import score, weights_in
from mailbot.reading.weigh import Understood

WEIGHTS = "amounts.json"
LIKELY = 0.5
"""Odds from which a number without a currency is taken for money."""

ROLES = (Role.PAID, Role.CONTESTED, Role.OFFERED)

_WORTH_SAYING = 0.05
_MOSTLY = 0.5
_SIZES = (31, 99, 999, 9_999, 10_000_000_000)
_MILD = (Intent.OTHER, Intent.ACKNOWLEDGEMENT, Intent.AUTO_REPLY, Intent.ABSENCE, Intent.REDIRECT)
_TIMES = re.compile(r"\b\d{1,2} ?[x\u00d7] ?(?:de |of |da |à |a )?$", re.IGNORECASE)
_Weights = Mapping[str, Mapping[str, float]]


def amounts_meant(
    words: str,
    sentences: Sequence[Understood],
    *,
    sent_on: date,
    country: str,
    default_currency: str,
    intents: Odds,
    parts: Sequence[Odds] = (),
    weights: _Weights | None = None,
) -> tuple[tuple[Money, ...], tuple[Role, ...]]:
    """The amounts of a mail, once each and in order, and what is said of each.

    A number without a currency is one of `default_currency`, else of the country's.
    """
    found = amounts_at(words, default_currency or currency_of(country))
    if not found or not sentences:
        return (), ()
    known = weights_in(WEIGHTS) if weights is None else weights
    rows = features_of_amounts(words, sentences, found, sent_on=sent_on, country=country, intents=intents, parts=parts)
    roles: dict[Money, Role] = {}
    for each, row in zip(found, rows, strict=True):
        if each.named or odds_of([score(row, known.get("money", {}))])[0] >= LIKELY:
            role = _role(row, known.get("roles", {}))
            if roles.get(each.money, Role.OTHER) is Role.OTHER:
                roles[each.money] = role
    return tuple(roles), tuple(roles.values())


def _role(row: Row, weights: Mapping[str, float]) -> Role:
    scores = [score(of_role(row, role), weights) for role in ROLES]
    best = max(range(len(ROLES)), key=lambda at: scores[at])
    return ROLES[best] if scores[best] > 0 else Role.OTHER


def of_role(row: Row, role: Role) -> Row:
    """The features of an amount as they bear on one role."""
    return {f"{role}|{name}": value for name, value in row.items()}


def features_of_amounts(
    words: str,
    sentences: Sequence[Understood],
    amounts: Sequence[Amount],
    *,
    sent_on: date,
    country: str,
    intents: Odds,
    parts: Sequence[Odds] = (),
) -> list[Row]:
    """What is known of each amount."""
    around = surroundings_of([each.sentence for each in sentences], country)
    days = days_in(words, sent_on=sent_on, country=country)
    mail = _mail(intents)
    loudest = max(intents, key=lambda each: intents[each], default=Intent.OTHER)
    places = [around.place(each.end - 1, each.end) for each in amounts]
    languages = [each.code for each in around.languages]
    rows: list[Row] = []
    for at, each in enumerate(amounts):
        row: Row = {"any": 1.0, f"shape={each.shape}": 1.0} | mail
        if any(day.start < each.end and each.start < day.end for day in days):
            row["day"] = 1.0
        among = _among(at, amounts, places)
        row |= among | _size(each.money.amount, mail)
        row |= {f"{loudest}*{name}": 1.0 for name in among}
        place = around.place(each.start, each.end)
        if place is not None:
            beside = features_around(place, around)
            row |= beside | {f"{loudest}{name}": 1.0 for name in beside if name[1] in "12"}
            said = cues_beside(place.before, place.after, place.clause_before, place.clause_after, languages)
            row |= said
            row |= beside_a_number(place.before, place.after, place.clause_after, languages)
            row |= {f"rule={intent}": weight / 3 for intent, weight in sentences[place.sentence].weights.items()}
            if place.sentence < len(parts):
                odds = parts[place.sentence]
                row |= {f"part={intent}": value for intent, value in odds.items() if value >= _WORTH_SAYING}
            row |= {f"{loudest}*{name}": 1.0 for name in said if name[1] == "n"}
            row |= {"times": 1.0} if _TIMES.search(words[max(0, each.start - 12) : each.start]) else {}
            row |= {"asks": 1.0, f"{loudest}*asks": 1.0} if place.asks else {}
            row |= {"ends": 1.0} if place.clause_after == 0 else {}
        rows.append(row)
    return rows


def _mail(intents: Odds) -> Row:
    """What the whole mail says; the root lets a second intent be heard beside a loud one."""
    said = {intent: value for intent, value in intents.items() if value >= _WORTH_SAYING}
    found: Row = {f"mail={intent}": value for intent, value in said.items()}
    return found | {f"maybe={intent}": sqrt(value) for intent, value in said.items()}


def _among(at: int, amounts: Sequence[Amount], places: Sequence[Place | None]) -> Row:
    """Where an amount stands among the others, and whether it is the greatest of them."""
    each, own = amounts[at], places[at]
    found: Row = {"first" if at == 0 else "last" if at == len(amounts) - 1 else "between": 1.0}
    if any(other.named for other in amounts):
        found["others named"] = 1.0
    named = [other.money.amount for other in amounts if other.named or other.shape in {"cents", "nil"}]
    if len(set(named)) > 1 and each.money.amount in {min(named), max(named)}:
        found["greatest" if each.money.amount == max(named) else "least"] = 1.0
    mates = [other for other, place in enumerate(places) if own and place and place.sentence == own.sentence]
    if len({other.money for other in amounts if other.named}) < 2:
        found["alone"] = 1.0
    if len(mates) > 1:
        found["first here" if at == mates[0] else "last here" if at == mates[-1] else "between here"] = 1.0
    return found


def _size(value: Decimal, mail: Row) -> Row:
    """How great and how round a number is, and whether the mail is about paying at all."""
    size = next(at for at, most in enumerate(_SIZES) if value <= most)
    about = "mild" if sum(mail.get(f"mail={intent}", 0.0) for intent in _MILD) >= _MOSTLY else "pays"
    found: Row = {f"size={size}": 1.0, f"{about}:size={size}": 1.0, about: 1.0}
    if value % 10 == 0:
        found["round"] = found[f"{about}:round"] = 1.0
    return found
