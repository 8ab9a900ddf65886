"""The door by which the operator answers: a token for each letter to them, and what is remembered of that letter.

The token is a MAC of the letter's key under a secret of this installation: who has not read the letter cannot name it.
A letter's answers count for thirty days, and each word once for each matter.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from mailbot.flows.ports import Bot, Tx
from mailbot.mail.compose import ascii_address
from mailbot.mail.operator import TOKEN_CHARS, minted_id, tag, tokens_in
from mailbot.mail.parse import ParsedMail

LIFE = timedelta(days=30)
_SECRET = "answers.secret"  # noqa: S105 - the name of a fact
_SECRET_OCTETS = 32
_MOST_TOKENS = 50


@dataclass(frozen=True, slots=True)
class Door:
    """How a letter to the operator can be answered."""

    token: str
    address: str

    @property
    def domain(self) -> str:
        """Our own domain, as Message-IDs have it."""
        return _domain(self.address)

    @property
    def message_id(self) -> str:
        """The Message-ID of the letter: its answers name it, and nobody can guess it."""
        return minted_id(self.token, self.domain)

    def link(self, line: str) -> str:
        """A link that opens a mail with this answer (RFC 6068)."""
        fields = {"subject": f"mailbot : {line} {tag(self.token)}", "body": line, "In-Reply-To": self.message_id}
        return f"mailto:{quote(self.address, safe='@')}?{urlencode(fields, quote_via=quote)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is remembered of a letter that asked: its matters in the order of their numbers, and what was answered."""

    token: str
    letter: str
    at: datetime
    matters: tuple[int, ...]
    used: tuple[str, ...] = ()
    replies: int = 0

    def expired(self, now: datetime) -> bool:
        """Whether its answers count no more."""
        return not self.at - LIFE <= now <= self.at + LIFE

    def matter(self, number: int) -> int | None:
        """The matter that a number stands for."""
        return self.matters[number - 1] if 0 < number <= len(self.matters) else None


async def open_door(bot: Bot, key: str) -> Door:
    """The door of a letter, the same each time it is asked for."""
    digest = hmac.digest(await _secret(bot), key.encode(), hashlib.sha256)
    return Door(base64.b32encode(digest).decode("ascii").lower()[:TOKEN_CHARS], bot.business.email)


async def _secret(bot: Bot) -> bytes:
    known = await bot.store.recall(_SECRET)
    if known is None:
        async with bot.store.begin() as tx:
            known = (await tx.facts(_SECRET)).get(_SECRET)
            if known is None:
                known = secrets.token_hex(_SECRET_OCTETS)
                await tx.remember(_SECRET, known)
    return bytes.fromhex(known)


async def remember_asked(tx: Tx, door: Door, letter: str, matters: Sequence[int], at: datetime) -> None:
    """Remember what the numbers of a letter stand for, with the letter itself."""
    await _write(tx, Asked(door.token, letter, at, tuple(matters)))


async def asked_by(bot: Bot, mail: ParsedMail) -> Asked | None:
    """The letter that a mail answers, by a token that we minted; None where it carries none."""
    tokens = tokens_in(mail, _domain(bot.business.email))[:_MOST_TOKENS]
    if not tokens:
        return None
    facts = await bot.store.facts(*(_key(token) for token in tokens))
    return next((_read(token, facts[_key(token)]) for token in tokens if _key(token) in facts), None)


async def use(bot: Bot, asked: Asked, marks: Collection[str]) -> None:
    """Remember what was answered: the same word about the same matter counts once."""
    async with bot.store.begin() as tx:
        known = await _fresh(tx, asked)
        await _write(tx, replace(known, used=tuple(dict.fromkeys((*known.used, *marks)))))


async def count_reply(tx: Tx, asked: Asked) -> None:
    """Remember that an answer was answered, so that two machines cannot write to each other for ever."""
    known = await _fresh(tx, asked)
    await _write(tx, replace(known, replies=known.replies + 1))


async def _fresh(tx: Tx, asked: Asked) -> Asked:
    facts = await tx.facts(_key(asked.token))
    return _read(asked.token, facts[_key(asked.token)])


def _domain(address: str) -> str:
    return ascii_address(address).rpartition("@")[2]


def _key(token: str) -> str:
    """The fact's name holds no token: who reads a list of facts cannot answer."""
    return f"answers.{hashlib.sha256(token.encode()).hexdigest()[:32]}"


async def _write(tx: Tx, asked: Asked) -> None:
    plain = {
        "letter": asked.letter,
        "at": asked.at.isoformat(),
        "matters": list(asked.matters),
        "used": list(asked.used),
        "replies": asked.replies,
    }
    await tx.remember(_key(asked.token), json.dumps(plain))


def _read(token: str, text: str) -> Asked:
    plain = json.loads(text)
    at = datetime.fromisoformat(plain["at"])
    return Asked(token, plain["letter"], at, tuple(plain["matters"]), tuple(plain["used"]), plain["replies"])
