"""`mailbot learn`: what the operator corrected, what the reader would make of it, and since when it goes by that."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailbot.core.intent import Intent, Reading
from mailbot.flows.command import CommandFault
from mailbot.flows.ports import Bot
from mailbot.flows.records import Example
from mailbot.reading import read
from mailbot.reading.learned import Learned, Taught, learned_from, pattern, refused_by_rules, sanity

_ADOPTED = "reader.adopted"


@dataclass(frozen=True, slots=True)
class Change:
    """One text, read by the reader as it is and as it would be. `example` is None for a plain sentence."""

    words: str
    before: Reading
    after: Reading
    wanted: Intent
    hold: bool
    example: Example | None = None

    @property
    def moved(self) -> bool:
        """Whether anything changes for this text."""
        return (self.before.intent, self.before.hold) != (self.after.intent, self.after.hold)

    @property
    def lost(self) -> bool:
        """Whether a hold that is wanted would be lost."""
        return self.hold and self.before.hold and not self.after.hold


@dataclass(frozen=True, slots=True)
class Lesson:
    """What would change: each new example, and those plain sentences whose meaning must not move but would.

    `refused` are examples that cannot be learnt, because the rules surely hold such words (law 4). `no_model`: the
    trained reader is not there, so nothing can be learnt. `adopted` examples the reader goes by already.
    """

    new: tuple[Change, ...]
    sentences: tuple[Change, ...]
    asked: int
    refused: tuple[Example, ...] = ()
    adopted: tuple[Example, ...] = ()
    no_model: bool = False

    @property
    def harmful(self) -> tuple[Change, ...]:
        """Plain sentences that must hold reminders and would not any more: then nothing is adopted."""
        return tuple(change for change in self.sentences if change.lost)


async def taught(bot: Bot) -> tuple[Taught, ...]:
    """What the reader goes by beside what was shipped; nothing where nothing was adopted."""
    if await bot.store.recall(_ADOPTED) is None:
        return ()
    return tuple(_taught(one) for one in await bot.store.examples() if one.adopted_at is not None)


def corrected(lesson: tuple[Taught, ...]) -> Learned | None:
    """The fitted correction, in a moment once it was fitted; takes seconds the first time."""
    return learned_from(lesson) if lesson else None


async def lesson(bot: Bot) -> Lesson:
    """What the new examples would change. Reads a hundred texts twice: some seconds."""
    examples = await bot.store.examples()
    adopted = tuple(one for one in examples if one.adopted_at is not None)
    new = tuple(one for one in examples if one.adopted_at is None)
    refused = tuple(one for one in new if refused_by_rules(_taught(one)) or _against_sanity(one))
    usable = tuple(one for one in new if one not in refused)
    before = corrected(tuple(map(_taught, adopted)))
    after = corrected(tuple(map(_taught, (*adopted, *usable))))
    today = bot.clock.now().date()
    if usable and after is None:
        return Lesson((), (), 0, refused, adopted, no_model=True)
    changes = tuple(_change(_taught(one), before, after, today, one) for one in usable)
    sentences = tuple(change for one in sanity() if (change := _change(one, before, after, today)).moved)
    return Lesson(changes, sentences, len(sanity()), refused, adopted)


async def adopt(bot: Bot) -> Lesson:
    """Go by the new examples from the next mail on; raises `CommandFault` where that would let go what must wait."""
    found = await lesson(bot)
    if found.no_model:
        raise CommandFault("the trained reader cannot be loaded, so nothing can be learnt; `mailbot check` says more")
    if not found.new:
        raise CommandFault("there is nothing new to learn; tell what a mail meant with `mailbot meant MAIL INTENT`")
    if found.harmful:
        raise CommandFault(
            f'nothing was adopted: "{found.harmful[0].words}" would hold no reminder any more; `mailbot learn` shows'
            " which examples are new"
        )
    now = bot.clock.now()
    async with bot.store.begin() as tx:
        await tx.adopt_examples([change.example.mail_id for change in found.new if change.example], now)
        await tx.remember(_ADOPTED, now.isoformat())
    return found


async def undo(bot: Bot) -> Sequence[Example]:
    """Take the last adoption back; gives its examples, which count as new again."""
    adopted = [one for one in await bot.store.examples() if one.adopted_at is not None]
    if not adopted:
        raise CommandFault("nothing was adopted, so there is nothing to take back")
    last = max(one.adopted_at for one in adopted if one.adopted_at is not None)
    batch = [one for one in adopted if one.adopted_at == last]
    async with bot.store.begin() as tx:
        await tx.adopt_examples([one.mail_id for one in batch], None)
    return tuple(replace(one, adopted_at=None) for one in batch)


def _against_sanity(example: Example) -> bool:
    """Whether an example would let go the very words of a sentence that must hold."""
    if example.hold:
        return False
    same = pattern(example.text)
    return any(one.hold and pattern(one.words) == same for one in sanity())


def _taught(example: Example) -> Taught:
    return Taught(example.text, example.intent, example.hold)


def _change(
    one: Taught, before: Learned | None, after: Learned | None, today: date, example: Example | None = None
) -> Change:
    return Change(
        one.words, _read(one.words, before, today), _read(one.words, after, today), one.intent, one.hold, example
    )


def _read(words: str, learned: Learned | None, today: date) -> Reading:
    if learned is None:
        return read(words, sent_on=today)
    return learned.settled(words, read(words, sent_on=today, guesser=learned.guess))
