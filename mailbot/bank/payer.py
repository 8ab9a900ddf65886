"""Which clients may have sent an entry: by an account that paid before, by the payer's name, by the bank's label."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mailbot.bank.claims import Claim
from mailbot.bank.entry import Entry
from mailbot.bank.names import Likeness, is_intermediary, is_longer, likeness


@dataclass(frozen=True, slots=True)
class Payer:
    """Clients that may have sent an entry: surely (`same`) or perhaps (`alike`).

    `within` are those of `alike` whose whole name stands somewhere in the label; `told` says that the bank names a
    payer, and not only a service that pays for others.
    """

    same: frozenset[int]
    alike: frozenset[int] = frozenset()
    within: frozenset[int] = frozenset()
    told: bool = True


def payer_of(entry: Entry, claims: Collection[Claim]) -> Payer:
    """Who sent an entry. An account that paid before tells as much as a name; where they differ, it may be either.

    Of two clients whom a label may name, it is the one with the longer name.
    """
    by_name = _named(entry, claims)
    by_iban = frozenset(claim.client for claim in claims if entry.payer_iban and entry.payer_iban in claim.ibans)
    return Payer(by_iban | by_name.same) if by_iban else by_name


def _named(entry: Entry, claims: Collection[Claim]) -> Payer:
    found: dict[Likeness, set[int]] = {one: set() for one in Likeness}
    names: dict[int, set[str]] = {}
    seen: dict[tuple[int, tuple[str, ...], tuple[str, ...]], Likeness] = {}
    named = "" if is_intermediary(entry.payer) else entry.payer
    for claim in claims:
        key = (claim.client, claim.names, claim.people)
        if key not in seen:
            how = likeness(named, entry.text, claim.names)
            if not named and entry.payer:
                how = max(how, likeness(entry.payer, "", claim.names))
            person = likeness(named, entry.text, claim.people) if claim.people else Likeness.OTHER
            seen[key] = max(how, min(person, Likeness.ALIKE))
        found[seen[key]].add(claim.client)
        names.setdefault(claim.client, set()).update(claim.names)
    same = found[Likeness.SAME]
    within = found[Likeness.WITHIN] - same
    less = {one for one in same for two in (same | within) - {one} if _all_longer(names[two], names[one])}
    alike = (found[Likeness.ALIKE] | within | less) - (same - less)
    return Payer(frozenset(same - less), frozenset(alike), frozenset(within), bool(named))


def _all_longer(names: Iterable[str], others: Collection[str]) -> bool:
    """Whether each of a client's names holds all words of another client's, and more."""
    return all(is_longer(name, other) for name in names for other in others)
