"""The payment details that letters tell are watched: where they change, the operator hears of it, whoever changed them.

A thief who reaches the configuration would change them silently; the owner who did it has clients to call.
"""

import json

from mailbot.core.payment import Paying, fingerprint
from mailbot.core.reason import because
from mailbot.flows.ports import Bot
from mailbot.flows.records import JournalEntry

_DETAILS = "payment.details"
_SHOWN_FRONT, _SHOWN_BACK = 4, 4


async def notice_new_details(bot: Bot) -> bool:
    """Compare with what letters told before; True where it changed. The first look only remembers."""
    mark = fingerprint(bot.business.paying, bot.business.payment_lines)
    known = json.loads(await bot.store.recall(_DETAILS) or "{}")
    if known.get("mark") == mark:
        return False
    now, shown = bot.clock.now(), masked(bot.business.paying)
    why = because("payment_details_changed", before=str(known.get("shown", "")) or None, after=shown or None)
    async with bot.store.begin() as tx:
        await tx.remember(_DETAILS, json.dumps({"mark": mark, "shown": shown}))
        if known:
            await tx.journal([JournalEntry(now, why)])
    return bool(known)


def masked(paying: Paying) -> str:
    """The accounts, of each its first and last signs: enough to know it by, too little to use."""
    accounts = [account for ways in paying.every for account in (ways.iban or _joined(ways.fields), ways.interac)]
    return ", ".join(dict.fromkeys(_masked(account) for account in accounts if account))


def _joined(fields: tuple[tuple[str, str], ...]) -> str:
    return " ".join(value for _, value in fields)


def _masked(account: str) -> str:
    if "@" in account:
        return f"{account[:1]}…@{account.rpartition('@')[2]}"
    if len(account) <= _SHOWN_FRONT + _SHOWN_BACK:
        return f"…{account[-2:]}"
    return f"{account[:_SHOWN_FRONT]}…{account[-_SHOWN_BACK:]}"
