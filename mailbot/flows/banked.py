"""What the bank told before: entries that were dealt with, accounts and names that paid, tables that were confirmed.

All of it is kept as named facts whose names tell nothing: ids, accounts and payers are hashed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mailbot.bank import Claim, Entry, Statement
from mailbot.bank.entry import DIGEST
from mailbot.bank.fold import compact
from mailbot.bank.headers import Columns
from mailbot.bank.names import tokens
from mailbot.core.answer import candidates
from mailbot.core.client import Client
from mailbot.core.money import Money
from mailbot.flows.ports import Bot
from mailbot.flows.records import ACCOUNT_FACTS

_AT_ONCE = 500  # databases bound the number of parameters
_ASKED = "bank.ask."  # how the key of a matter about a line begins, as `hashed` writes it
_SAME_WORDS = 3  # of a payment that is told twice
_TELLING_NAME = 8  # signs; a shorter name of a payer tells too little to be remembered


def hashed(kind: str, text: str) -> str:
    """A fact's name that tells nothing."""
    return f"bank.{kind}.{hashlib.sha256(text.encode()).hexdigest()[:32]}"


async def _facts(bot: Bot, keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(keys), _AT_ONCE):
        found |= await bot.store.facts(*keys[start : start + _AT_ONCE])
    return found


# Entries


def _marks(entry: Entry) -> frozenset[str]:
    """An entry's words, by which it is known again, and none of which can be read."""
    return frozenset(hashlib.sha256(word.encode()).hexdigest()[:8] for word in entry.words)


@dataclass(slots=True)
class Memory:
    """Entries that were dealt with: by id, and by movement where two formats tell of one without a common id."""

    facts: dict[str, str]
    finished: frozenset[str]
    here: dict[str, list[tuple[str, str, Entry]]] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)

    def knows(self, file: str, kind: str, entry: Entry) -> bool:
        """Whether this entry was seen in an earlier import, or in another file of this one."""
        if entry.id in self.finished:
            return True
        movement = self.here.setdefault(entry.movement, [])
        if any(other.id == entry.id and name != file for name, _, other in movement):
            return True
        marks = _marks(entry)
        twins = [(name, other_kind, other.id, _marks(other)) for name, other_kind, other in movement if name != file]
        twins += [
            ("", str(old["format"]), str(old["id"]), frozenset(old["words"]))
            for old in json.loads(self.facts.get(hashed("movement", entry.movement), "[]"))
        ]
        for name, other_kind, other_id, words in twins:
            comparable = other_kind == kind and not other_id.startswith(DIGEST) and not entry.id.startswith(DIGEST)
            alike = 2 * len(words & marks) >= max(min(len(words), len(marks)), 1)  # one word in common is a namesake
            again = words == marks and len(words) >= _SAME_WORDS  # the bank gave it another id
            if (again or (alike and not comparable)) and (file, other_id + name) not in self.used:
                self.used.add((file, other_id + name))
                return True
        movement.append((file, kind, entry))
        return False


async def memory_of(bot: Bot, loaded: Sequence[tuple[str, Statement]]) -> Memory:
    """What is remembered of these entries."""
    entries = [entry for _, statement in loaded for entry in statement.entries]
    keys = {key for entry in entries for key in (hashed("entry", entry.id), hashed("movement", entry.movement))}
    facts = await _facts(bot, sorted(keys))
    finished = [entry.id for entry in entries if _same(entry, facts.get(hashed("entry", entry.id)))]
    return Memory(facts, frozenset(finished))


def _same(entry: Entry, told: str | None) -> bool:
    """Whether what is kept under an entry's id is this entry: two accounts of a bank may use one id twice."""
    return told is not None and (len(words := told.split(" ")) < 2 or words[1] in (_size(entry), ""))


def _size(entry: Entry) -> str:
    return f"{entry.amount.minor}{entry.amount.currency}"


async def remember(bot: Bot, kind: str, entry: Entry, covers: Sequence[int] = ()) -> None:
    """Keep that an entry was dealt with; `covers` are payments on record that it is the bank's side of."""
    movement = hashed("movement", entry.movement)
    payers = " ".join(_payer_keys(entry))
    async with bot.store.begin() as tx:
        known = json.loads((await tx.facts(movement)).get(movement, "[]"))
        known.append({"id": entry.id, "format": kind, "words": sorted(_marks(entry))})
        await tx.remember(movement, json.dumps(known))
        await tx.remember(hashed("entry", entry.id), f"{entry.booked_on} {_size(entry)} {payers}".strip())
        for number in covers:
            await tx.remember(hashed("covered", str(number)), entry.booked_on.isoformat())


async def covered(bot: Bot, numbers: Sequence[int]) -> frozenset[int]:
    """Which payments on record a line of the bank's was the other side of."""
    keys = {number: hashed("covered", str(number)) for number in numbers}
    facts = await _facts(bot, sorted(keys.values()))
    return frozenset(number for number, key in keys.items() if key in facts)


async def asked_about(bot: Bot, number: str, amount: Money) -> str:
    """The key of the matter about this amount of the bank's or a notice's that may be for this invoice; or empty."""
    found = (
        matter.subject_key
        for matter in await bot.store.matters()
        if (matter.facts.get("came") == str(amount) and number in (matter.invoice, *candidates(matter)))
        or (matter.facts.get("paid_amount") == str(amount.amount) and number == matter.invoice)
    )
    return next(found, "")


async def cover(bot: Bot, asked: str, number: int, on: date) -> None:
    """Keep that the bank's line that was `asked` about is the other side of a payment on record: no later one is."""
    if not asked.startswith(_ASKED):
        return
    async with bot.store.begin() as tx:
        await tx.remember(hashed("covered", str(number)), on.isoformat())


# Accounts and names from which a client paid before


def _payer_keys(entry: Entry) -> list[str]:
    keys = [_account_key(entry.payer_iban)] if entry.payer_iban else []
    name = "".join(tokens(entry.payer))
    return keys + ([_account_key(f"name {name}")] if len(name) >= _TELLING_NAME else [])


def _account_key(text: str) -> str:
    return ACCOUNT_FACTS + hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Payers:
    """Accounts and names as the bank writes them, by the client that paid from them."""

    ibans: Mapping[int, frozenset[str]]
    names: Mapping[int, tuple[str, ...]]


async def payers_of(bot: Bot, entries: Sequence[Entry]) -> Payers:
    """Which of these entries' accounts and payers are known for a client's."""
    facts = await _facts(bot, sorted({key for entry in entries for key in _payer_keys(entry)}))
    ibans: dict[int, set[str]] = {}
    names: dict[int, dict[str, None]] = {}
    for entry in entries:
        for key in _payer_keys(entry):
            if not facts.get(key):
                continue
            client = int(facts[key])
            if entry.payer_iban and key == _account_key(entry.payer_iban):
                ibans.setdefault(client, set()).add(entry.payer_iban)
            else:
                names.setdefault(client, {})[entry.payer] = None
    return Payers({c: frozenset(x) for c, x in ibans.items()}, {c: tuple(x) for c, x in names.items()})


async def remember_payer(bot: Bot, entry: Entry, client: Client) -> None:
    """Whose account it is, once money from it settled something; an account that paid for two is nobody's."""
    async with bot.store.begin() as tx:
        for key in _payer_keys(entry):
            known = (await tx.facts(key)).get(key)
            await tx.remember(key, str(client.id) if known in (None, str(client.id)) else "")


async def forget_payer(bot: Bot, entry_id: str) -> None:
    """What the operator took back tells nobody's account: neither account nor name of this entry is anybody's now."""
    told = await bot.store.recall(hashed("entry", entry_id)) or ""
    async with bot.store.begin() as tx:
        for key in told.split(" ")[1:]:
            if key.startswith(ACCOUNT_FACTS):
                await tx.remember(key, "")


def named_too(claim: Claim, payers: Payers) -> tuple[str, ...]:
    """The names of a claim's client, and those from which it paid before."""
    mine = payers.names.get(claim.client, ())
    return (*claim.names, *(name for name in mine if compact(name) not in {compact(one) for one in claim.names}))


# Tables


async def layouts(bot: Bot) -> dict[str, Columns]:
    """The columns of tables that a person confirmed, by their mark."""
    told = json.loads(await bot.store.recall("bank.layouts") or "{}")
    return {mark: {name: tuple(where) for name, where in columns.items()} for mark, columns in told.items()}


async def confirm_layout(bot: Bot, statement: Statement) -> None:
    """A person has seen how this table was understood."""
    if not statement.layout:
        return
    async with bot.store.begin() as tx:
        told = json.loads((await tx.facts("bank.layouts")).get("bank.layouts", "{}"))
        told[statement.layout] = {name: list(where) for name, where in statement.where.items()}
        await tx.remember("bank.layouts", json.dumps(told))
