"""Telling the operator by another route than the mail account, for when that account is the trouble."""

import logging
from zoneinfo import ZoneInfo

from mailbot.flows.needs import need_of
from mailbot.flows.ports import Bot
from mailbot.flows.report import operator_context, operator_locale

log = logging.getLogger(__name__)


async def ring(bot: Bot, subject_key: str) -> bool:
    """Ring once about an open matter of the bot itself; tried again later where nobody could be reached."""
    matter = next((m for m in await bot.store.matters() if m.subject_key == subject_key and m.client_id is None), None)
    if bot.alarm is None or matter is None:
        return False
    rung = f"alarm.{matter.id}"
    if await bot.store.recall(rung):
        return False
    now = bot.clock.now()
    today = now.astimezone(ZoneInfo(bot.business.operator.timezone)).date()
    try:
        need = await need_of(matter, {}, bot, today)
        words = bot.writer.render("alert", operator_locale(bot), operator_context(bot) | {"need": need})
        subject, text = words.subject, words.text
    except Exception:  # a user's template can fail in any way; the alarm must not
        log.exception("the alert could not be written")
        subject = text = f"mailbot: {matter.kind}. Type: mailbot list"
    if not await bot.alarm.ring(subject, text, now):
        return False
    async with bot.store.begin() as tx:
        await tx.remember(rung, now.isoformat())
    return True
