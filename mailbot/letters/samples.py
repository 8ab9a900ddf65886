"""Made-up values that every template can be rendered with: for `check`, for the pictures and for the tests."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from mailbot.core.aging import aging
from mailbot.core.brief import Answered, Coming, Command, Digest, Happening, Need, Owed, Reply
from mailbot.core.cash import CashInShort, Span, SpanRow
from mailbot.core.matter import MatterKind
from mailbot.core.money import Money
from mailbot.core.reason import because

TODAY = date(2026, 12, 14)

Sample = dict[str, object]


def invoice(
    number: str = "1042",
    due_on: date = date(2026, 12, 3),
    value: str = "1250.00",
    currency: str = "EUR",
    paid: str = "0.00",
) -> Sample:
    """Make an invoice as a letter sees it; days past due count to `TODAY`."""
    rest = Decimal(value) - Decimal(paid)
    return {
        "number": number,
        "subject": "Site web" if currency == "EUR" else "Translation",
        "issued_on": due_on - timedelta(days=30),
        "due_on": due_on,
        "amount": {"value": Decimal(value), "currency": currency},
        "balance": {"value": rest, "currency": currency},
        "paid": {"value": Decimal(paid), "currency": currency},
        "days_past_due": (TODAY - due_on).days,
        "overdue": due_on < TODAY,
    }


def way_to_pay(**changes: object) -> Sample:
    """Make a way to pay as a letter sees it: a transfer with a QR code, unless told otherwise."""
    values: Sample = {
        "amount": {"value": Decimal("1250.00"), "currency": "EUR"},
        "numbers": ("1042",),
        "transfer": True,
        "holder": "Noémie Gagnon",
        "iban": "FR76 3000 6000 0112 3456 7890 189",
        "bic": "AGRIFRPP",
        "bank": "Crédit Agricole",
        "fields": (),
        "reference": "RF97 1042",
        "interac": "",
        "links": (),
        "cheque_to": "",
        "cheque_lines": (),
        "several": False,
        "qr": "pay0.0123456789abcdef",
    }
    return values | changes


def _other_ways() -> Sample:
    """Every way but a QR code, for two invoices in dollars."""
    link = "https://pay.example.com/noemie?invoice={0}&amount=480.00"
    return way_to_pay(
        amount={"value": Decimal("480.00"), "currency": "CAD"},
        numbers=("1043", "1050"),
        iban="",
        bic="",
        fields=({"label": "Transit", "value": "12345"}, {"label": "Compte", "value": "987 654 3"}),
        reference="1043, 1050",
        interac="noemie@example.com",
        links=tuple({"number": number, "url": link.format(number)} for number in ("1043", "1050")),
        cheque_to="Noémie Gagnon",
        cheque_lines=("12, rue Saint-Vallier Est", "Québec (Québec)  G1K 3N6"),
        several=True,
        qr="",
    )


def letter(**changes: object) -> Sample:
    """Make the values of a letter to a client; `changes` replace single ones."""
    values: Sample = {
        "client": {"name": "Atelier Beauséjour"},
        "contact": {"first_name": "Camille", "name": "Camille Beauséjour", "email": "camille@example.com"},
        "invoices": (invoice(),),
        "totals": ({"value": Decimal("1250.00"), "currency": "EUR"},),
        "business": {
            "name": "Noémie Gagnon",
            "address_lines": ("12, rue Saint-Vallier Est", "Québec (Québec)  G1K 3N6"),
            "email": "noemie@example.com",
            "phone": "+1 418 555 0142",
            "website": "noemiegagnon.example",
            "registration_lines": ("TPS 123456789 RT0001", "TVQ 1234567890 TQ0001"),
            "payment_lines": ("IBAN FR76 3000 6000 0112 3456 7890 189", "BIC AGRIFRPP"),
        },
        "signer": {"name": "Noémie Gagnon", "role": "", "for_name": ""},
        "promise": None,
        "after_hold": False,
        "after_documents": False,
        "has_pdf": True,
        "tone": "friendly",
        "today": TODAY,
        "locale": "fr_CA",
        "payment": None,
        "credit": None,
        "pay": (),
        "asked": ("copy", "bank_details"),
        "receipts": (),
    }
    return values | changes


def receipt(number: str = "1042", currency: str = "EUR") -> Sample:
    """Make a receipt as a letter sees it: two payments, one of them with its means."""
    first, second = ({"value": Decimal(part), "currency": currency} for part in ("800.00", "450.00"))
    parts = ({"amount": first, "on": TODAY, "means": "bank"}, {"amount": second, "on": TODAY, "means": "operator"})
    return {"number": number, "payments": parts, "reduced": first if number == "1043" else None}


def need(kind: MatterKind = MatterKind.REPLY, **changes: Any) -> Need:
    """Make a matter for the operator."""
    values: dict[str, Any] = {
        "on": TODAY,
        "client": "Atelier Beauséjour",
        "contact": "Camille Beauséjour",
        "email": "camille@example.com",
        "phone": "+1 418 555 0199",
        "language": "fr",
        "invoices": (Owed("1042", Money.of("1250", "EUR"), date(2026, 12, 3), 11, "Site web"),),
        "owed": (Money.of("1250", "EUR"),),
    }
    return Need(kind, **(values | changes))


def replies(*lines: tuple[str, str]) -> tuple[Reply, ...]:
    """Make answers by mail: the line and what it does."""
    return tuple(Reply(line, does, "mailto:noemie@example.com?subject=mailbot") for line, does in lines)


def answered() -> dict[str, object]:
    """Make what came of an operator's mail: one line done, one that cannot be, one not understood."""
    about = need(intent="dispute", number=1)
    return {
        "answerable": True,
        "answered": (
            Answered(
                "1 attendre 15/01",
                because("answer_held", subject="1042", until=date(2027, 1, 15)),
                done=True,
                about=about,
                undo="mailbot release 1042",
            ),
            Answered("2 oui", because("answer_unfit"), about=need(MatterKind.CALL, number=2)),
            Answered("9 payé", because("answer_no_such_number", number=9)),
        ),
        "open": (
            need(MatterKind.CALL, number=2, replies=replies(("2 fait", "note"), ("2 payé", "paid"))),
            need(
                intent="other",
                number=3,
                replies=replies(("3 reprendre", "release")),
                meanings=replies(("3 litige", "dispute"), ("3 merci", "acknowledgement")),
            ),
        ),
    }


def expected() -> tuple[CashInShort, ...]:
    """Make the expected money of two currencies."""
    rows = (
        SpanRow(Span.THIS_WEEK, Money.of("1175", "CAD"), 1, 36),
        SpanRow(Span.NEXT_WEEK, Money.of("3200", "CAD"), 2, 100),
        SpanRow(Span.TWO_MORE, Money.of("0", "CAD"), 0, 0),
        SpanRow(Span.LATER, Money.of("75", "CAD"), 1, 2),
        SpanRow(Span.UNCERTAIN, Money.of("480.50", "CAD"), 1, 15),
    )
    disputed = (SpanRow(Span.UNCERTAIN, Money.of("1700", "EUR"), 1, 100),)
    return (
        CashInShort("CAD", Money.of("4930.50", "CAD"), rows),
        CashInShort("EUR", Money.of("1700", "EUR"), disputed),
    )


def digest(*, draft_mode: bool = False) -> Digest:
    """Make a digest of a busy morning."""
    words = "Bonjour,\nil manque une page sur le devis : je ne peux pas valider la facture en l'état.\nCamille"
    owed = [
        (TODAY + timedelta(days=12), Money.of("3200", "CAD")),
        (TODAY - timedelta(days=11), Money.of("1250", "CAD")),
        (TODAY - timedelta(days=100), Money.of("480.50", "CAD")),
        (TODAY - timedelta(days=40), Money.of("1700", "EUR")),
    ]
    sent = Happening(
        date(2026, 12, 8), because("sent", template="friendly", code=250, answer=""), "Atelier Beauséjour", "1042"
    )
    return Digest(
        on=TODAY,
        since=date(2026, 12, 11),
        needs_you=(
            need(
                intent="dispute",
                words=words,
                would=because("would_wait"),
                number=1,
                replies=replies(("1 reprendre", "release"), ("1 attendre 15/01/2027", "hold"), ("1 payé", "paid")),
                meanings=replies(("1 merci", "acknowledgement"), ("1 promesse 15/01/2027", "promise_to_pay")),
                commands=(
                    Command("mailbot show 1042", "show"),
                    Command("mailbot release 1042", "release"),
                    Command("mailbot hold 1042 --until 2027-01-15", "hold"),
                ),
            ),
            need(MatterKind.CALL, history=(sent,), commands=(Command('mailbot note 1042 "..."', "note"),)),
            need(
                MatterKind.BOUNCE,
                address="camille@example.com",
                words="550 5.1.1 User unknown",
                would=because("would_stay_held"),
            ),
            need(
                MatterKind.CLAIM,
                warning=because(
                    "notice_reported", provider="Stripe", amount=Money.of("1250", "EUR"), payer="Atelier Beauséjour"
                ),
                doubt=because("lacks_sender_confirmed", provider="Stripe", name="stripe"),
                words="Stripe · 1250.00 EUR · Atelier Beauséjour · 1042 · ch_3Pabcdefghijkl",
                would=because("would_stay_held"),
                number=4,
                replies=replies(("4 confiance", "trust"), ("4 payé", "paid")),
                commands=(Command("mailbot trust stripe", "trust"), Command("mailbot paid 1042", "paid")),
            ),
            need(
                MatterKind.APPROVAL,
                letter_subject="Facture 1042 : petit rappel",
                would=because("would_not_leave"),
                commands=(Command("mailbot approve 1042", "approve"),),
            ),
            need(
                intent="document_request",
                words="Bonjour, pourriez-vous me renvoyer la facture ?",
                answer="Bonjour Camille,\n\nVous trouverez ci-joint la facture 1042.\n\nBonne journée,",
                number=4,
                replies=replies(("4 oui", "send_answer")),
                commands=(Command("mailbot send-answer 17", "send_answer"),),
            ),
        ),
        received=(Money.of("2100", "CAD"),),
        aging=aging(owed, TODAY),
        expected=expected(),
        figures=(
            because("figure_uncertain"),
            because("figure_dso", currency="CAD", days=41, period=90),
            because("figure_promises", kept=2, broken=1, share=75),
            because("figure_slowest", client="Atelier Beauséjour", days=23),
        ),
        coming=(
            Coming(
                TODAY + timedelta(days=1),
                "Boulangerie Lévis",
                ("1050",),
                "friendly",
                because("rung_due", rung="friendly", on=date(2026, 12, 15), due=date(2026, 12, 12)),
            ),
        ),
        happened=(
            sent,
            Happening(
                TODAY,
                because("settled", amount=Money.of("2100", "CAD"), on=TODAY, source="operator"),
                "Studio Nord",
                "1031",
            ),
        ),
        notes=(because("inbox_stale", read=datetime(2026, 12, 14, 11, 5, tzinfo=UTC)),),
        draft_mode=draft_mode,
    )


def _without_lines() -> object:
    business = letter()["business"]
    assert isinstance(business, dict)
    return business | {"payment_lines": ()}


def samples_for(language: str) -> tuple[Mapping[str, object], ...]:
    """Choose the samples that walk through the branches of all templates."""
    locale = {"fr": "fr_CA", "en": "en_CA"}.get(language, language)
    early = invoice(due_on=TODAY + timedelta(days=3))
    part = invoice("1038", paid="800.00")
    three = (early, part, invoice("1043", value="480.00", currency="CAD"))
    three_totals = ({"value": Decimal("480.00"), "currency": "CAD"}, {"value": Decimal("1700.00"), "currency": "EUR"})
    assistant = {"name": "Marc Lévesque", "role": "adjoint", "for_name": "Noémie Gagnon"}
    payment = {"amount": {"value": Decimal("800.00"), "currency": "EUR"}, "on": TODAY}
    broken: Sample = {"on": date(2026, 12, 10), "broken": True}
    busy = digest(draft_mode=True)
    told: Sample = {"locale": locale, "timezone": "America/Toronto"}
    return (
        letter(
            **told,
            **answered(),
            digest=digest(),
            need=busy.needs_you[0],
            pay=(way_to_pay(),),
            business=_without_lines(),
        ),
        letter(**told, digest=busy, need=busy.needs_you[1], invoices=(early,), has_pdf=False),
        letter(
            **told,
            answered=(),
            open=(),
            digest=Digest(on=TODAY),
            need=busy.needs_you[2],
            invoices=(part,),
            signer=assistant,
            payment=payment,
            asked=("bank_details",),
            pay=(way_to_pay(),),
        ),
        letter(
            **told,
            digest=busy,
            need=busy.needs_you[3],
            promise=broken,
            after_hold=True,
            after_documents=True,
            asked=("copy",),
        ),
        letter(
            **told,
            digest=busy,
            need=need(MatterKind.MAILBOX, client="", contact="", email="", phone="", invoices=(), owed=()),
            promise=broken | {"broken": False},
            invoices=(invoice(paid="1250.00"),),
            asked=("receipt",),
            receipts=(receipt(),),
        ),
        *(
            letter(
                **told,
                digest=Digest(on=TODAY, draft_mode=True, expected=expected()),
                need=need(MatterKind.COLLECTIONS, phone="", language="en"),
                invoices=three,
                totals=three_totals,
                tone=tone,
                payment=payment,
                pay=(_other_ways(), way_to_pay(several=False)),
                after_hold=tone == "courtesy",
                asked=("copy", "receipt", "tax_form", "corrected" if tone == "friendly" else "order_number"),
                receipts=(receipt("1043", "CAD"),),
            )
            for tone in ("invoice", "courtesy", "friendly", "personal")
        ),
    )
