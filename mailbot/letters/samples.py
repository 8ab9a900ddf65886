"""Made-up values that every template can be rendered with: for `check`, for the pictures and for the tests."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

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
        "has_pdf": True,
        "tone": "friendly",
        "today": TODAY,
        "locale": "fr_CA",
        "payment": None,
    }
    return values | changes


def samples_for(language: str) -> tuple[Mapping[str, object], ...]:
    """Choose the samples that walk through the branches of a template."""
    locale = {"fr": "fr_CA", "en": "en_CA"}.get(language, language)
    early = invoice(due_on=TODAY + timedelta(days=3))
    part = invoice("1038", paid="800.00")
    three = (early, part, invoice("1043", value="480.00", currency="CAD"))
    three_totals = ({"value": Decimal("480.00"), "currency": "CAD"}, {"value": Decimal("1700.00"), "currency": "EUR"})
    assistant = {"name": "Marc Lévesque", "role": "adjoint", "for_name": "Noémie Gagnon"}
    payment = {"amount": {"value": Decimal("800.00"), "currency": "EUR"}, "on": TODAY}
    broken: Sample = {"on": date(2026, 12, 10), "broken": True}
    return (
        letter(locale=locale),
        letter(locale=locale, invoices=(early,), has_pdf=False),
        letter(locale=locale, invoices=(part,), signer=assistant, payment=payment),
        letter(locale=locale, promise=broken, after_hold=True),
        letter(locale=locale, promise=broken | {"broken": False}, invoices=(early,)),
        *(
            letter(locale=locale, invoices=three, totals=three_totals, tone=tone, payment=payment)
            for tone in ("invoice", "courtesy", "friendly", "personal")
        ),
    )
