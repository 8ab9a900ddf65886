"""What an entry is for. Pure: entries and claims in, explained proposals out (law 5).

An amount alone never settles, whoever sent it. What settles: a number of ours with the amount, or with the payer; the
payer with the exact amount of exactly one invoice, or of exactly one set of invoices. All else is asked or left alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

from mailbot.bank.claims import Claim, Proposal, Share, Told, Verdict
from mailbot.bank.entry import Entry
from mailbot.bank.fold import folded, one_line
from mailbot.bank.names import is_authority, is_own
from mailbot.bank.numbers import Named, is_strong, named_in, one_or_other, tails_named
from mailbot.bank.payer import Payer, payer_of
from mailbot.bank.purpose import BACK, PART, speaks_of_other, without_deposit
from mailbot.bank.short import Gap, gap
from mailbot.core.money import Money
from mailbot.core.reason import because

_MOST_TOGETHER = 12  # of one client's open invoices are tried in sets
_AGAIN_WITHIN = timedelta(days=10)
_TOLD_WITHIN = timedelta(days=14)  # notices and people are days ahead of the bank, or behind
_EARLY = timedelta(days=3)  # a number may be told a little before the day that the invoice bears


class Matcher:
    """Proposes entry by entry; what one settles, the next finds settled."""

    def __init__(self, claims: Iterable[Claim], told: Iterable[Told] = ()) -> None:
        self._claims = {claim.number: claim for claim in claims}
        self._told = list(told)

    def propose(self, entry: Entry, *, to_come: bool = False) -> Proposal:
        """What to do with one entry; they come in the order of their days, and one `to_come` settles nothing."""
        proposal = self._credit(entry) if entry.credit and not entry.reversal else self._debit(entry)
        if to_come and proposal.verdict is Verdict.SETTLE:
            return self._ask("bank_to_come", entry, [self._claims[share.number] for share in proposal.shares])
        if proposal.verdict is Verdict.SETTLE:
            self._settle(entry, proposal.shares)
        return proposal

    def _settle(self, entry: Entry, shares: Sequence[Share]) -> None:
        for share in shares:
            claim = self._claims[share.number]
            balance = claim.balance - share.amount
            paid_on = entry.booked_on if balance.amount <= 0 else claim.paid_on
            ibans = claim.ibans | {entry.payer_iban} if entry.payer_iban else claim.ibans
            self._claims[share.number] = replace(claim, balance=balance, paid_on=paid_on, ibans=ibans)

    def _credit(self, entry: Entry) -> Proposal:
        text = one_line(entry.reference, entry.text)
        named = named_in(text, self._claims)
        payer = payer_of(entry, self._claims.values())
        if known := self._on_record(entry, named, payer):
            return known
        named = self._proven(entry, named, payer)
        claims = [self._claims[number] for number in named.strong]
        if is_authority(entry.payer, text) and not payer.same:
            claims += [self._claims[number] for number in (*named.weak, *named.near)]
            if named.strong or any(claim.balance == entry.amount for claim in claims):
                return self._ask("bank_authority", entry, claims)
            return Proposal(Verdict.IGNORE, because("bank_authority"))
        if claims:
            return self._named(entry, claims, named, payer)
        return self._unnamed(entry, named, payer)

    def _proven(self, entry: Entry, named: Named, payer: Payer) -> Named:
        """Short numbers that prove nothing by themselves prove what their own client pays, and to the cent.

        Where a word for invoice stands before them, or one for a part, they prove another amount of that client's too.
        """
        claims = [self._claims[number] for number in named.weak]
        owners = {claim.client for claim in claims}
        if named.strong or len(owners) != 1:
            return named
        if any(claim.balance.currency != entry.amount.currency for claim in claims):
            return named
        if self._other(entry, payer) or BACK.search(folded(entry.text)):
            return named
        whole = _sum(claim.balance if claim.open else claim.amount for claim in claims) == entry.amount
        cued = not named.bare & set(named.weak) or PART.search(without_deposit(folded(entry.text))) is not None
        if (whole and owners <= payer.same | payer.within) or (cued and owners == payer.same):
            return replace(named, strong=named.weak, weak=())
        return named

    # What was recorded before the bank told of it

    def _on_record(self, entry: Entry, named: Named, payer: Payer) -> Proposal | None:
        """The bank's side of money that the operator or a notice had told of: each covers one, and only lately.

        By number; by the payer alone only where nothing open would fit as well.
        """
        near = [
            one for one in self._told
            if one.amount.currency == entry.amount.currency and abs(entry.booked_on - one.paid_on) <= _TOLD_WITHIN
        ]  # fmt: skip
        numbers = {*named.strong, *named.weak}
        if any(self._claims[number].open for number in numbers):
            return None
        by_number = [one for one in near if one.number in numbers]
        found = next(([one] for one in by_number if one.amount == entry.amount), None)
        if found is None and by_number and {one.number for one in by_number} == numbers:
            together = _sum(one.amount for one in by_number)
            found = by_number if together == entry.amount else None
        if found is None and not numbers and payer.same:
            fits = any(claim.balance == entry.amount for claim in self._open_of(payer.same, entry.amount.currency))
            mine = [one for one in near if one.client in payer.same and one.amount == entry.amount]
            found = mine[:1] if mine and not fits else None
        if not found:
            return None
        self._told = [one for one in self._told if one not in found]
        why = because("bank_on_record", number=", ".join(one.number for one in found), amount=entry.amount)
        return Proposal(Verdict.IGNORE, why, covers=tuple(one.entry for one in found))

    # With a number

    def _named(self, entry: Entry, claims: list[Claim], named: Named, payer: Payer) -> Proposal:
        if any(claim.balance.currency != entry.amount.currency for claim in claims):
            return self._ask("bank_other_currency", entry, claims, held=True)
        owing = [claim for claim in claims if claim.open]
        closed = [claim for claim in claims if not claim.open]
        if closed:
            return self._closed(entry, closed, owing)
        owners = {claim.client for claim in claims}
        if doubt := self._doubt(entry, claims, named, payer):
            theirs = self._open_of(payer.same - owners, entry.amount.currency)
            return self._ask(doubt, entry, [*claims, *(c for c in theirs if c.balance == entry.amount)], held=True)
        total = _sum(claim.balance for claim in claims)
        if total == entry.amount:
            if len(owners) > 1 and not owners <= payer.same:
                return self._ask("bank_several_clients", entry, claims, held=True)
            code = "bank_structured" if named.structured else "bank_number_amount"
            return self._take(code, [Share(claim.number, claim.balance) for claim in claims], entry)
        if len(claims) > 1:
            return self._ask("bank_sum_differs", entry, claims, held=True)
        strangers = payer.told and not owners & (payer.same | payer.alike)
        return self._differs(entry, claims[0], named, payer, stranger=strangers)

    def _doubt(self, entry: Entry, claims: list[Claim], named: Named, payer: Payer) -> str:
        """Why a number, though open, proves nothing here; empty if it does."""
        owners = {claim.client for claim in claims}
        known = owners & (payer.same | payer.alike)
        alone = not known and not named.structured  # nothing but the number speaks for it
        doubts = {
            "bank_number_of_other_client": bool(payer.same and not owners & payer.same)
            or (not known and bool(payer.alike)),
            "bank_looks_like_refund": BACK.search(folded(entry.text)) is not None,
            "bank_other_purpose": alone and self._other(entry, payer),
            "bank_several_fit": one_or_other(one_line(entry.reference, entry.text)),
            "bank_before_invoice": any(entry.booked_on + _EARLY < claim.issued_on for claim in claims),
            "bank_hinted": alone and named.bare >= set(named.strong),
        }
        return next((code for code, holds in doubts.items() if holds), "")

    def _closed(self, entry: Entry, closed: list[Claim], owing: list[Claim]) -> Proposal:
        if owing and _sum(claim.balance for claim in owing) == entry.amount and len(owing) > len(closed):
            shares = [Share(claim.number, claim.balance) for claim in owing]
            return self._take("bank_number_amount", shares, entry)
        return self._ask("bank_paid_twice", entry, [*closed, *owing], held=bool(owing))

    def _differs(self, entry: Entry, claim: Claim, named: Named, payer: Payer, *, stranger: bool) -> Proposal:
        """One number, another amount: the payer must fit as well, and the difference must have a shape."""
        sure = claim.client in payer.same
        likely = sure or (claim.client in payer.alike and is_strong(claim.number)) or named.structured
        text = folded(one_line(entry.reference, entry.text))
        found = gap(claim.balance, entry.amount, entry.booked_on, claim.issued_on, text)
        share = [Share(claim.number, entry.amount)]
        for other in self._open_of({claim.client}, entry.amount.currency):
            if other.balance == entry.amount:  # the number of one, and the amount of another
                return self._ask("bank_several_fit", entry, [claim, other], held=True)
        facts = {"expected": str(claim.balance), "difference": str(_apart(claim.balance, entry.amount))}
        if stranger and not named.structured:
            return self._ask("bank_number_of_stranger", entry, [claim], held=True)
        match found:
            case Gap.FEES | Gap.DISCOUNT | Gap.SURPLUS if likely or not payer.told:
                taken = self._take(f"bank_{found.value}", share, entry, **facts)
                return replace(taken, short=found is not Gap.SURPLUS)
            case Gap.PART if likely or (PART.search(text) and is_strong(claim.number)):
                return self._take("bank_part", share, entry, **facts)
            case Gap.OVER:
                return self._over(entry, claim)
            case _:
                return self._ask("bank_amount_differs", entry, [claim], held=True)

    def _over(self, entry: Entry, claim: Claim) -> Proposal:
        """Too much for the number named: perhaps for others of the same client, and then it is asked."""
        others = [one for one in self._open_of({claim.client}, entry.amount.currency) if one.number != claim.number]
        for one in others:
            if claim.balance + one.balance == entry.amount:
                return self._ask("bank_perhaps_both", entry, [claim, one], held=True)
        return self._ask("bank_too_much", entry, [claim], held=True)

    # Without

    def _unnamed(self, entry: Entry, named: Named, payer: Payer) -> Proposal:
        theirs = self._open_of(payer.same, entry.amount.currency)
        exact = [claim for claim in theirs if claim.balance == entry.amount]
        near = [claim for claim in exact if claim.number in named.near or claim.number in named.weak]
        if theirs and self._other(entry, payer):
            code = "bank_looks_like_refund" if BACK.search(folded(entry.text)) else "bank_other_purpose"
            return self._ask(code, entry, exact or theirs, held=bool(exact))
        loosely = [claim for claim in theirs if claim.number in named.near or claim.number in named.weak]
        if len(loosely) > 1 or (loosely and exact and not near):  # the number of one, and the amount of another
            return self._ask("bank_several_fit", entry, loosely if near else [*loosely, *exact], held=True)
        if near and one_or_other(one_line(entry.reference, entry.text)):
            return self._ask("bank_several_fit", entry, theirs, held=True)
        if near and any(entry.booked_on + _EARLY < claim.issued_on for claim in near):
            return self._ask("bank_before_invoice", entry, near, held=True)
        if len(near) == 1 and len(payer.same) == 1:
            return self._take("bank_near_number", [Share(near[0].number, near[0].balance)], entry)
        if BACK.search(folded(entry.text)) and theirs:
            return self._ask("bank_looks_like_refund", entry, exact or theirs)
        if theirs:
            return self._by_payer(entry, theirs, exact, named, payer)
        hinted = [self._claims[number] for number in (*named.weak, *named.near)]
        hinted = [claim for claim in hinted if claim.open and claim.balance.currency == entry.amount.currency]
        exact = [claim for claim in hinted if claim.balance == entry.amount]
        together = len(hinted) > 1 and _sum(claim.balance for claim in hinted) == entry.amount
        if exact or together or any(claim.client in payer.alike for claim in hinted):
            return self._ask("bank_hinted", entry, exact or hinted, held=True)
        likely = [one for one in self._open_of(payer.alike, entry.amount.currency) if one.balance == entry.amount]
        if likely:
            return self._ask("bank_payer_alike", entry, likely, held=True)
        return self._loose(entry, named, payer)

    def _by_payer(self, entry: Entry, theirs: list[Claim], exact: list[Claim], named: Named, payer: Payer) -> Proposal:
        if named.unknown and exact:
            return self._ask("bank_unknown_number", entry, exact, held=True)
        weak = [self._claims[number] for number in named.weak]
        others = [one for one in weak if one.open and one.client not in payer.same and one.balance == entry.amount]
        if exact and others:
            return self._ask("bank_number_of_other_client", entry, [*others, *exact], held=True)
        if len(payer.same) > 1:
            return self._ask("bank_several_clients", entry, exact or theirs, held=bool(exact))
        if len(exact) > 1:
            meant = tails_named(one_line(entry.reference, entry.text), [claim.number for claim in exact])
            if len(meant) == 1:
                return self._take("bank_near_number", [Share(meant[0], entry.amount)], entry)
            return self._ask("bank_several_fit", entry, exact, held=True)
        sets = _sets(theirs, entry.amount)
        if len(exact) == 1 and not sets:
            return self._alone(entry, exact[0])
        if not exact and len(sets) == 1 and not named.unknown:
            return self._take("bank_payer_sum", [Share(claim.number, claim.balance) for claim in sets[0]], entry)
        if exact or sets:
            fitting = {claim.number: claim for found in (exact, *sets) for claim in found}
            return self._ask("bank_several_fit", entry, list(fitting.values()), held=True)
        again = self._just_paid(entry, payer)
        if again:
            return self._ask("bank_paid_twice", entry, again)
        return self._ask("bank_payer_other_amount", entry, theirs, held=True)

    def _alone(self, entry: Entry, claim: Claim) -> Proposal:
        """Payer and amount fit one invoice, and no number is there: a retainer that was just paid may be paid twice."""
        again = [
            one for one in self._just_paid(entry, Payer(frozenset((claim.client,))))
            if one.paid_on and abs(entry.booked_on - one.paid_on) <= _AGAIN_WITHIN
        ]  # fmt: skip
        if again or entry.booked_on < claim.issued_on:
            return self._ask(
                "bank_perhaps_twice" if again else "bank_before_invoice", entry, [claim, *again], held=True
            )
        return self._take("bank_payer_amount", [Share(claim.number, claim.balance)], entry)

    def _loose(self, entry: Entry, named: Named, payer: Payer) -> Proposal:
        """No number and no payer of ours: an equal amount is worth a question, and never more."""
        again = self._just_paid(entry, payer) or [
            self._claims[number] for number in named.weak if self._claims[number].client in payer.same
        ]
        if again:
            return self._ask("bank_paid_twice", entry, again)
        if payer.same:
            foreign = [one for one in self._claims.values() if one.open and one.client in payer.same]
            if foreign:
                return self._ask("bank_other_currency", entry, foreign, held=True)
        equal = [claim for claim in self._claims.values() if claim.open and claim.balance == entry.amount]
        if equal and not is_own(entry.payer, entry.text):
            return self._ask("bank_amount_only", entry, equal)
        return Proposal(Verdict.IGNORE, because("bank_no_claim"))

    def _just_paid(self, entry: Entry, payer: Payer) -> list[Claim]:
        return [
            claim
            for claim in self._claims.values()
            if not claim.open and claim.client in payer.same and claim.paid_on and claim.amount == entry.amount
        ]

    # Money that went

    def _debit(self, entry: Entry) -> Proposal:
        text = one_line(entry.reference, entry.text)
        named = named_in(text, self._claims)
        back = entry.reversal or BACK.search(folded(one_line(entry.payer, text))) is not None
        payer = payer_of(entry, self._claims.values())
        claims = [self._claims[number] for number in named.strong]
        paid = [claim for claim in claims if claim.paid_on or claim.balance != claim.amount]
        ours = [claim for claim in paid if back or claim.client in payer.same]
        theirs = payer.same | payer.alike if back else payer.same
        if not ours and theirs and (back or not entry.credit):
            size = abs(entry.amount.amount)
            ours = [
                claim for claim in self._claims.values()
                if claim.client in theirs and claim.paid_on and claim.amount.amount == size
                and claim.amount.currency == entry.amount.currency
            ]  # fmt: skip
        if ours:
            return self._ask("bank_money_back", entry, ours)
        return Proposal(Verdict.IGNORE, because("bank_money_out"))

    def _open_of(self, clients: Iterable[int], currency: str) -> list[Claim]:
        wanted = set(clients)
        return [
            claim
            for claim in self._claims.values()
            if claim.open and claim.client in wanted and claim.balance.currency == currency
        ]

    def _other(self, entry: Entry, payer: Payer) -> bool:
        """Whether the words are of another purpose; those of the payer's name do not count."""
        names = {name for c in self._claims.values() if c.client in payer.same | payer.alike for name in c.names}
        return speaks_of_other(one_line(entry.reference, entry.text), entry.purpose, {*names, entry.payer})

    # Verdicts

    def _take(self, code: str, shares: Sequence[Share], entry: Entry, **facts: str) -> Proposal:
        numbers = ", ".join(share.number for share in shares)
        return Proposal(Verdict.SETTLE, because(code, number=numbers, amount=entry.amount, **facts), tuple(shares))

    def _ask(self, code: str, entry: Entry, claims: Sequence[Claim], *, held: bool = False) -> Proposal:
        shares = tuple(Share(claim.number, claim.balance if claim.open else claim.amount) for claim in claims[:8])
        numbers = ", ".join(share.number for share in shares)
        return Proposal(Verdict.ASK, because(code, number=numbers, amount=entry.amount), shares, held)


def _sum(amounts: Iterable[Money]) -> Money:
    first, *rest = amounts
    for money in rest:
        first = first + money
    return first


def _apart(expected: Money, came: Money) -> Money:
    difference = came - expected
    return Money.of(abs(difference.amount), difference.currency)


def _sets(claims: Sequence[Claim], amount: Money) -> list[tuple[Claim, ...]]:
    """Sets of two or more that add up to the amount; at most a second is looked for, as two are one too many.

    Of more invoices than can all be tried, none is: a set that was not looked at might fit as well.
    """
    if len(claims) > _MOST_TOGETHER:
        return []
    found: list[tuple[Claim, ...]] = []
    for size in range(2, len(claims) + 1):
        for chosen in combinations(claims, size):
            if sum(claim.balance.minor for claim in chosen) == amount.minor:
                found.append(chosen)
                if len(found) > 1:
                    return found
    return found
