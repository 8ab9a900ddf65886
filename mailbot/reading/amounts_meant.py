"""Which numbers in a mail are amounts of money, and what its writer says of each: paid, contested or offered.

Linear models over named features, trained by `train_amounts.py`: what stands beside a number, and what the mail and
its sentence say. An amount that carries its currency is always one.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from mailbot.core.intent import Intent, Role
from mailbot.core.money import Money
from mailbot.reading.amounts import Amount, amounts_at, currency_of
from mailbot.reading.around import features_around, surroundings_of
from mailbot.reading.commitment import Odds, Row, odds_of
from mailbot.reading.dates import days_in
from mailbot.reading.linear import score, weights_in
from mailbot.reading.weigh import Understood

WEIGHTS = "amounts.json"
LIKELY = 0.5
"""Odds from which a number without a currency is taken for money."""

ROLES = (Role.PAID, Role.CONTESTED, Role.OFFERED)

_WORTH_SAYING = 0.05
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
    mail: Row = {f"mail={intent}": value for intent, value in intents.items() if value >= _WORTH_SAYING}
    loudest = max(intents, key=lambda each: intents[each], default=Intent.OTHER)
    rows: list[Row] = []
    for at, each in enumerate(amounts):
        row: Row = {"any": 1.0, f"shape={each.shape}": 1.0} | mail
        if any(day.start < each.end and each.start < day.end for day in days):
            row["day"] = 1.0
        if any(other.named for other in amounts):
            row["others named"] = 1.0
        row["first" if at == 0 else "last" if at == len(amounts) - 1 else "between"] = 1.0
        place = around.place(each.start, each.end)
        if place is not None:
            beside = features_around(place, around)
            row |= beside | {f"{loudest}{name}": 1.0 for name in beside if name[1] in "12"}
            row |= {f"rule={intent}": weight / 3 for intent, weight in sentences[place.sentence].weights.items()}
            if place.sentence < len(parts):
                odds = parts[place.sentence]
                row |= {f"part={intent}": value for intent, value in odds.items() if value >= _WORTH_SAYING}
            row |= {"asks": 1.0} if place.asks else {}
            row |= {"ends": 1.0} if place.clause_after == 0 else {}
        rows.append(row)
    return rows
