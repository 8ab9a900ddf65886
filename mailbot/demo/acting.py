"""What the people do: clients write and pay, the operator reads the digest and types commands, strangers try."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from zoneinfo import ZoneInfo

from mailbot.bank import read_statement
from mailbot.core.money import Money
from mailbot.demo.chronicle import Happened, Hush, Paid, Released
from mailbot.demo.person import Arrived
from mailbot.demo.programs import Answer, auto_reply, write
from mailbot.demo.provider import signed
from mailbot.demo.script import Actor, Command, Cue, Pays, Stranger, Writes
from mailbot.demo.stage import Stage, defaults_of, mailbox_of
from mailbot.demo.world import Accepted
from mailbot.flows import command
from mailbot.flows.enrol import apply_plan, known
from mailbot.flows.remit import propose, settle
from mailbot.flows.trust import trust
from mailbot.intake import plan, read_clients, read_invoices


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script: words, or money."""

    words: Writes | None = None
    money: Pays | None = None

    @property
    def speaks(self) -> bool:
        """Whether it is words."""
        return self.words is not None


def cues_of(actor: Actor | None) -> Iterator[tuple[int, Cue, Line]]:
    """The lines of a client's script, each with a key that is its own."""
    if actor is None:
        return
    for words in actor.writes:
        yield id(words), words.cue, Line(words=words)
    for money in actor.pays:
        yield id(money), money.cue, Line(money=money)


async def speak(stage: Stage, code: str, words: Writes, letter: Arrived | None, numbers: tuple[str, ...]) -> None:
    """A client writes with its own mail program."""
    record, actor, person = stage.records[code], stage.casts[code], mailbox_of(stage, code)
    zone = ZoneInfo(record.timezone)
    now = stage.clock.now()
    domain = person.email.rpartition("@")[2]
    answer = Answer(
        name=record.contact_name or record.name,
        email=person.email,
        to=stage.settings.business.email,
        language=record.language,
        country=record.country,
        at=now.astimezone(zone),
        message_id=f"<{stage.random.getrandbits(64):016x}@{domain}>",
        text=words.text,
        signature=actor.signature,
        subject=words.subject,
        original=letter.received if letter else None,
    )
    octets = auto_reply(answer) if words.auto else write(actor.program, answer)
    await person.send(octets, stage.settings.business.email, auto=words.auto)
    about = words.invoices or numbers
    kind = "auto" if words.auto else "mail"
    stage.chronicle.happened.append(Happened(now, kind, answer.name, words.text, code, about))
    if words.hush != "nothing":
        invoices = about if words.hush == "invoice" else ()
        stage.chronicle.hushes.append(Hush(code, invoices, now, words.until, words.text))


async def pay(stage: Stage, code: str, money: Pays) -> None:
    """The operator finds money on the bank statement and tells the bot."""
    bot, now = stage.bot, stage.clock.now()
    owing = await command.client_owing(bot, money.invoice)
    invoice = owing.invoice(money.invoice)
    assert invoice is not None
    amount = Money.of(Decimal(money.amount), invoice.amount.currency) if money.amount else invoice.balance
    paid_on = now.astimezone(stage.play.zone).date()
    await command.paid(bot, money.invoice, amount, paid_on)
    words = f"mailbot paid {money.invoice}" + (f" --amount {money.amount}" if money.amount else "")
    who = stage.settings.operator.name
    stage.chronicle.happened.append(Happened(now, "money", who, f"{words}  ({amount})", code, (money.invoice,)))
    stage.chronicle.paid.append(Paid(now, money.invoice, settled=amount >= invoice.balance))


async def do(stage: Stage, asked: Command) -> None:
    """The operator types a command."""
    bot, now = stage.bot, stage.clock.now()
    typed = ["mailbot", asked.does, asked.about]
    match asked.does:
        case "go-live":
            await command.set_mode(bot, live=True)
            stage.chronicle.live_at = now
        case "release":
            await command.release(bot, asked.about, asked.note)
            stage.chronicle.released.append(Released(now, asked.about))
        case "hold":
            await command.hold(bot, asked.about, asked.until, asked.note)
        case "cancel":
            await command.cancel(bot, asked.about, asked.note)
        case "note":
            await command.note(bot, asked.about, asked.note)
        case "approve":
            await command.approve(bot, asked.about)
        case "trust":
            await trust(bot, asked.about)
        case "import-bank":
            await _import_statement(stage, asked)
            typed += [asked.statement]
        case _:
            await _import(stage, asked)
            typed += [asked.invoices, asked.clients]
    typed += [f'"{asked.note}"'] if asked.note else []
    words = " ".join(filter(None, typed))
    code = stage.numbers.get(asked.about, asked.about if asked.about in stage.records else "")
    stage.chronicle.happened.append(Happened(now, "command", stage.settings.operator.name, words, code))


async def _import(stage: Stage, asked: Command) -> None:
    """The real import: sheets are read and checked, compared with the database, and applied as one."""
    folder, defaults = stage.play.folder, defaults_of(stage.settings)
    today = stage.clock.now().astimezone(stage.play.zone).date()
    clients = invoices = None
    if asked.clients:
        clients = read_clients((folder / asked.clients).read_bytes(), file=asked.clients, defaults=defaults)
    if asked.invoices:
        octets = (folder / asked.invoices).read_bytes()
        invoices = read_invoices(octets, file=asked.invoices, today=today, defaults=defaults)
    wanted = plan(invoices, clients, await known(stage.bot))
    if not wanted.ok:
        raise command.CommandFault("\n".join(map(str, wanted.faults)) or "the import has refused rows")
    pdfs = {step.record.pdf for step in wanted.invoices if step.record.pdf}
    files = {pdf: (pdf.rpartition("/")[2], (folder / pdf).read_bytes()) for pdf in pdfs}
    await apply_plan(stage.bot, wanted, files)


async def _import_statement(stage: Stage, asked: Command) -> None:
    """The real import of a bank's table, with its columns confirmed as by a person who looked."""
    octets = (stage.play.folder / asked.statement).read_bytes()
    statement = read_statement(octets, stage.settings.business.currency)
    await settle(stage.bot, await propose(stage.bot, [(asked.statement, statement)]), [statement])
    stage.chronicle.paid += [Paid(stage.clock.now(), number, settled=True) for number in asked.settles]


async def write_as_stranger(stage: Stage, stranger: Stranger) -> None:
    """A mail from outside this world reaches the business's mailbox, whoever it claims to come from."""
    mail, now = EmailMessage(policy=SMTP), stage.clock.now()
    to = stage.settings.business.email
    mail["From"] = formataddr((stranger.name, stranger.email))
    mail["To"] = to
    mail["Subject"] = stranger.subject
    mail["Date"] = format_datetime(now.astimezone(stage.play.zone) - timedelta(minutes=1))
    mail["Message-ID"] = f"<{stage.random.getrandbits(64):016x}@{stranger.email.rpartition('@')[2]}>"
    mail.set_content(stranger.text + "\n")
    octets = mail.as_bytes(policy=SMTP)
    if stranger.signed_by:
        octets = signed(octets, stranger.signed_by, now)
    await stage.world.post(Accepted(stranger.email, (to,), octets, now))
    if stranger.settles:
        stage.chronicle.paid.append(Paid(now, stranger.settles, settled=True))
    who = f"{stranger.name} <{stranger.email}>"
    stage.chronicle.happened.append(Happened(now, "stranger", who, stranger.text))
