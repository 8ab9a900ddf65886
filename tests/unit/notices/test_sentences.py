# ruff: noqa: E501 - a notice stands as it is written
"""A sentence around "you received a payment" that takes it back, and facts that stand among others."""

import pytest

from mailbot.core.notice import Notice, NoticeEvent
from mailbot.notices import part_of, read_notice
from tests.fakes.far_side import packaged_catalogue


def read(provider: str, subject: str, text: str) -> Notice:
    named = packaged_catalogue().named(provider)
    assert named is not None
    return read_notice(named, part_of(subject, text))


@pytest.mark.parametrize(
    ("provider", "subject", "text"),
    [
        ("gocardless", "Payment of £80.00 from Ann Ltd will be retried", "We try again on Monday."),
        (
            "gocardless",
            "Payment update",
            "The payment of £80.00 from Ann Ltd. has not yet been collected. Invoice 12-001",
        ),
        ("stripe", "Payment of €80.00 from Ann Ltd", "This payment was not completed."),
        ("stripe", "Payment of €80.00 from Ann Ltd could not be collected", ""),
        ("wise", "You received 80.00 EUR from Ann Ltd - it is being reviewed", ""),
        ("paypal", "You received a payment of €80.00 EUR from Ann and it was returned", ""),
        ("paypal", "Vous avez reçu un paiement de 80,00 € EUR de Ann, il est en attente", ""),
        ("paypal", "Vous avez reçu un paiement de 80,00 € EUR de Ann qui a été annulé", ""),
        ("stripe", "Upcoming payment of €80.00 from Ann Ltd", ""),
        ("stripe", "Early fraud warning: payment of €80.00 from Ann Ltd", ""),
        ("stripe", "Payment of €80.00 from Ann Ltd needs your attention", ""),
        ("stripe", "Payment of €80.00 from Ann Ltd has been authorized but not captured", ""),
        ("qonto", "Virement entrant prévu", "Vous allez recevoir un virement de 80,00 € de Ann SAS"),
        ("interac", "You've received $80.00 from ANN LEE", "Claim your funds by 3 December."),
        ("stripe", "[Test mode] You received a payment of €80.00 from Ann Ltd", ""),
        ("stripe", "You received a payment of €80.00 from Ann Ltd", "This is only a test: no money was moved."),
        ("stripe", "Vous avez reçu un paiement de 80,00 € de Ann", "Mode test : aucun argent n'a été versé."),
    ],
)
def test_a_sentence_that_takes_the_payment_back_is_no_payment(provider: str, subject: str, text: str) -> None:
    notice = read(provider, subject, text)
    assert notice.event is not NoticeEvent.RECEIVED or not notice.clear


@pytest.mark.parametrize(
    ("provider", "subject", "text"),
    [
        (
            "stripe",
            "You received a payment of €80.00 from Ann Ltd",
            "You do not need to do anything. A payment can be disputed by the payer.",
        ),
        ("paypal", "You received a payment of €80.00 EUR from Will Collected Inc.", ""),
        ("stripe", "Payment received", "You received a payment of €80.00 from Ann Ltd. Your payout is due on Friday."),
        ("stripe", "Invoice 2026-012 paid", "Amount paid: €80.00\nCustomer: Ann Ltd"),
        (
            "rbc",
            "Your e-Transfer was auto-deposited",
            "$80.00 from ANN LEE was automatically deposited to your account.",
        ),
        ("bmo", "Autodeposit", "ANN LEE sent you $80.00 and it was automatically deposited into your account."),
        ("payplug", "Encaissement de 80,00 €", "Votre client Ann SAS a payé 80,00 €."),
        (
            "interac",
            "You've received $80.00 from ANN LEE and it has been automatically deposited",
            "This deposit cannot be cancelled.",
        ),
    ],
)
def test_what_is_said_of_payments_in_general_takes_nothing_back(provider: str, subject: str, text: str) -> None:
    notice = read(provider, subject, text)
    assert (notice.event, notice.clear) == (NoticeEvent.RECEIVED, True)


@pytest.mark.parametrize(
    ("provider", "subject", "text", "event", "amount"),
    [
        ("gocardless", "Payment of £80.00 from Ann Ltd will be retried", "", "failed", "80.00 GBP"),
        ("gocardless", "Payment charged back: £80.00 from Ann Ltd", "", "chargeback", "80.00 GBP"),
        ("gocardless", "Update", "Ann Ltd has charged back a payment of £80.00.", "chargeback", "80.00 GBP"),
        ("stripe", "A payment of €80.00 from Ann Ltd was reversed", "The payment that you received was reversed.", "chargeback", "80.00 EUR"),
        ("stripe", "New dispute", "Ann Ltd disputed a payment of €80.00. A €20.00 fee was taken.\nDisputed amount: €80.00", "chargeback", "80.00 EUR"),
        ("paypal", "Payment received and on hold", "You received a payment of €80.00 EUR from Ann. It may be reversed.", "pending", "80.00 EUR"),
        ("gocardless", "You've been paid £80.00", "Ann Ltd's payment has been paid out to your account.", "payout", "80.00 GBP"),
        ("paypal", "Votre virement vers votre banque est en cours", "Vous avez viré 80,00 € EUR vers votre compte bancaire", "payout", "80.00 EUR"),
        ("desjardins", "Virement Interac reçu", "Un virement Interac de 80,00 $ provenant de ANN LEE a été déposé dans votre compte.", "received", "80.00 CAD"),
        ("interac", "ANN LEE fulfilled your money request.", "ANN LEE has fulfilled your Request for Money for $80.00 (CAD).", "received", "80.00 CAD"),
        ("boursobank", "Mouvement", "Un virement de 80,00 € vers ANN LEE a été débité de votre compte.", "sent", "80.00 EUR"),
    ],
)  # fmt: skip
def test_the_event_and_its_amount_are_told_together(
    provider: str, subject: str, text: str, event: str, amount: str
) -> None:
    notice = read(provider, subject, text)
    assert (notice.event, str(notice.amount), notice.clear) == (NoticeEvent(event), amount, True)


@pytest.mark.parametrize(
    ("provider", "text", "payer"),
    [
        ("interac", "Vous avez reçu 80,00 $ de ANN LEE et le montant a été déposé automatiquement", "ANN LEE"),
        ("monzo", "You received £80.00 from Ann & Sons Ltd by bank transfer", "Ann & Sons Ltd"),
        ("natwest", "A payment of £80.00 from ANN SONS was credited to your account ending 417 today", "ANN SONS"),
        ("boursobank", "Vous avez reçu un virement de 80,00 € de ANN LEE sur votre compte n° 1234", "ANN LEE"),
        ("stripe", "Payment of €80.00 from ann@ann.example for Maude Design\nCustomer: Ann Ltd (ann@ann.example)", "Ann Ltd"),
        ("stripe", "Payment of €80.00 from ann@ann.example for Maude Design", "ann@ann.example"),
        ("caissedepargne", "Votre compte n° 00123 a été crédité de 80,00 € : VIR ANN LEE - REF 2026-077", "ANN LEE"),
        ("stripe", "You received a payment of €80.00 from Orchestre et Compagnie", "Orchestre et Compagnie"),
        ("stripe", "You received a payment of €80.00 from Transports Est", "Transports Est"),
    ],
)  # fmt: skip
def test_a_payers_name_ends_where_the_sentence_goes_on(provider: str, text: str, payer: str) -> None:
    assert read(provider, "Payment received", text).payer == payer


@pytest.mark.parametrize(
    ("provider", "text", "reference", "transaction_id"),
    [
        ("interac", "You received $80.00 from ANN LEE\nReference Number: CAxyz123", "", "CAxyz123"),
        ("interac", "You received $80.00 from ANN LEE\nReference Number CAxyz123\nSender's Message: 2026-077", "2026-077", "CAxyz123"),
        ("payplug", "Vous avez reçu un paiement de 80,00 €\nRéférence du paiement: pay_5iHM7abc\nDescription: 2026-077", "2026-077", "pay_5iHM7abc"),
        ("caissedepargne", "Votre compte n° 00123 a été crédité de 80,00 € : VIR ANN LEE - REF 2026-077", "2026-077", ""),
        ("creditagricole", "Votre compte a été crédité de 80,00 € (virement reçu de ANN LEE, motif : Facture 2026 077).", "2026 077", ""),
        ("paypal", "Ann vous a envoyé 80,00 € EUR\nNote de Ann\n\nno 2026-077, merci", "2026-077", ""),
        ("wise", "You received 80.00 EUR from Ann\nReference: acompte mars 2026", "acompte mars 2026", ""),
        ("stripe", "We’ve sent a payout of €80.00 to your bank account\nPayout ID: po_6Jft5utlf2", "", "po_6Jft5utlf2"),
    ],
)  # fmt: skip
def test_a_reference_is_none_of_the_services_own_numbers(
    provider: str, text: str, reference: str, transaction_id: str
) -> None:
    notice = read(provider, "Hello", text)
    assert (notice.reference, notice.transaction_id) == (reference, transaction_id)
