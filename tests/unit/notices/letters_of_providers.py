# ruff: noqa: E501 - a notice stands as it is written
"""Notices as providers write them: in text, in HTML or both, in French and English."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A notice and what it says: event, amount, currency, reference, transaction id, payer."""

    id: str
    provider: str
    sender: str
    subject: str
    text: str
    told: tuple[str, str | None, str | None, str, str, str]
    html: str = ""


def table(*rows: tuple[str, str]) -> str:
    cells = "".join(
        f"<tr><td style='padding:4px'>{name}</td><td><strong>{value}</strong></td></tr>" for name, value in rows
    )
    return f"<table><tbody>{cells}</tbody></table>"


def page(*parts: str) -> str:
    return "<html><head><style>td{color:red}</style><title>x</title></head><body>" + "".join(parts) + "</body></html>"


SAMPLES = (
    Sample(
        "stripe, English, HTML only",
        "stripe",
        "Stripe <notifications@stripe.com>",
        "Payment of €1,250.00 from Atelier Nord for invoice INV-2042",
        "",
        ("received", "1250.00", "EUR", "INV-2042", "pi_3PabcDEFghi4567", "Atelier Nord"),
        page(
            "<h1>Payment received</h1><p>You received a payment of €1,250.00 from Atelier Nord.</p>",
            table(
                ("Amount", "€1,250.00"),
                ("Invoice", "INV-2042"),
                ("Payment ID", "pi_3PabcDEFghi4567"),
                ("Stripe fees", "€18.75"),
                ("Net amount", "€1,231.25"),
            ),
            "<p>Your payout is on its way to your bank as usual. To issue a refund, go to the Dashboard.</p>",
        ),
    ),
    Sample(
        "stripe, French",
        "stripe",
        "Stripe <notifications@stripe.com>",
        "Vous avez reçu un paiement de 1 250,00 € de Studio Lumière",
        "Bonjour Maude,\n\nVous avez reçu un paiement de 1 250,00 € de la part de Studio Lumière.\n\nMontant : 1 250,00 €\n"
        "Numéro de facture : F-2026-014\nIdentifiant du paiement : ch_3PabcDEFghi4567\nMéthode : Visa •••• 4242\n",
        ("received", "1250.00", "EUR", "F-2026-014", "ch_3PabcDEFghi4567", "Studio Lumière"),
    ),
    Sample(
        "stripe, an invoice was paid",
        "stripe",
        "Stripe <notifications@stripe.com>",
        "Invoice INV-0042 from Maude Design was paid",
        "Atelier Nord Inc. paid invoice INV-0042.\n\nAmount paid\n$640.00\n\nCustomer\nAtelier Nord Inc.\n\nPayment\npi_3Nxyzabcdefghij\n\nThe currency of this invoice is CAD.",
        ("received", "640.00", "CAD", "INV-0042", "pi_3Nxyzabcdefghij", "Atelier Nord Inc."),
    ),
    Sample(
        "stripe, disputed",
        "stripe",
        "Stripe <notifications@stripe.com>",
        "A customer disputed a payment of €1,250.00",
        "Atelier Nord has disputed a payment of €1,250.00.",
        ("chargeback", "1250.00", "EUR", "", "", "Atelier Nord"),
    ),
    Sample(
        "stripe, failed",
        "stripe",
        "Stripe <notifications@stripe.com>",
        "Payment of €90.00 from Zoé failed",
        "The payment of €90.00 from Zoé failed. Invoice INV-9.",
        ("failed", "90.00", "EUR", "INV-9", "", ""),
    ),
    Sample(
        "stripe, payout",
        "stripe",
        "Stripe <notifications@stripe.com>",
        "Your €3,456.78 payout is on its way",
        "Your payout of €3,456.78 should arrive in your bank account on November 24.",
        ("payout", "3456.78", "EUR", "", "", ""),
    ),
    Sample(
        "paypal, English",
        "paypal",
        "service@paypal.com",
        "You've received a payment",
        "Hello Maude Tessier,\n\nYou received a payment of $250.00 CAD from Jane Client (jane@client.example)\n\n"
        "Transaction ID\n3VN76117B87011620\n\nTransaction date\nNovember 20, 2026\n\nNote from Jane Client\nInvoice 2026-101, thanks!\n\nPayment $250.00 CAD\nFee -$7.55 CAD\nNet amount $242.45 CAD\n",
        ("received", "250.00", "CAD", "2026-101", "3VN76117B87011620", "Jane Client"),
    ),
    Sample(
        "paypal, sent you",
        "paypal",
        '"service@intl.paypal.com" <service@intl.paypal.com>'.replace('"service@intl.paypal.com" ', ""),
        "Jean Dupont sent you €1,250.00 EUR",
        "",
        ("received", "1250.00", "EUR", "F-2026-041", "8AB12345CD678901E", "Jean Dupont"),
        page(
            "<p>Jean Dupont sent you €1,250.00 EUR</p>",
            table(
                ("Transaction ID", "8AB12345CD678901E"),
                ("Invoice ID", "F-2026-041"),
                ("Amount received", "€1,250.00 EUR"),
            ),
        ),
    ),
    Sample(
        "paypal, French",
        "paypal",
        "PayPal <service@paypal.fr>",
        "Notification de paiement reçu",
        "Bonjour Maude Tessier,\n\nVous avez reçu un paiement d'un montant de 1 250,00 € EUR de la part de SARL Lenoir (compta@lenoir.example).\n\n"
        "Numéro de transaction : 5TY05013RG002845M\nDate : 20 nov. 2026\nMessage du client : règlement facture F-2026-041\nFrais : 36,60 € EUR\nTotal : 1 250,00 € EUR\n",
        ("received", "1250.00", "EUR", "F-2026-041", "5TY05013RG002845M", "SARL Lenoir"),
    ),
    Sample(
        "paypal, a request for money",
        "paypal",
        "service@paypal.com",
        "Jean Dupont sent you a money request",
        "Jean Dupont is requesting €1,250.00 EUR. Note: You received a payment of €1,250.00 EUR.",
        ("request", "1250.00", "EUR", "", "", "Jean Dupont"),
    ),
    Sample(
        "paypal, our invoice was sent",
        "paypal",
        "service@paypal.com",
        "Your invoice has been sent",
        "You sent an invoice for €1,250.00 EUR to compta@lenoir.example. Invoice number: F-2026-041",
        ("invoice_sent", "1250.00", "EUR", "F-2026-041", "", ""),
    ),
    Sample(
        "paypal, refund, French",
        "paypal",
        "service@paypal.fr",
        "Vous avez effectué un remboursement",
        "Remboursement de 50,00 € EUR à Jean Dupont.\nNuméro de transaction : 1AB23456CD789012E",
        ("refund", "50.00", "EUR", "", "1AB23456CD789012E", ""),
    ),
    Sample(
        "wise, English",
        "wise",
        "Wise <noreply@wise.com>",
        "You received 1,250.00 EUR from Lenoir SARL",
        "",
        ("received", "1250.00", "EUR", "F-2026-041", "1234567890", "Lenoir SARL"),
        page(
            "<p>Hi Maude,</p><p>You received 1,250.00 EUR from Lenoir SARL.</p>",
            table(("Amount", "1,250.00 EUR"), ("Reference", "F-2026-041"), ("Transfer number", "#1234567890")),
        ),
    ),
    Sample(
        "wise, French",
        "wise",
        "Wise <noreply@wise.com>",
        "Vous avez reçu de l'argent",
        "Bonjour Maude,\n\nVous avez reçu 1 250,00 EUR de Lenoir SARL\nRéférence : F-2026-041\nNuméro du transfert : 1234567890",
        ("received", "1250.00", "EUR", "F-2026-041", "1234567890", "Lenoir SARL"),
    ),
    Sample(
        "wise, on the way",
        "wise",
        "Wise <noreply@wise.com>",
        "Lenoir SARL is sending you 1,250.00 EUR",
        "The money should arrive by Monday.\nReference: F-2026-041",
        ("pending", "1250.00", "EUR", "F-2026-041", "", ""),
    ),
    Sample(
        "interac, deposited by itself",
        "interac",
        '"ATELIER NORD INC." <notify@payments.interac.ca>',
        "Interac e-Transfer: You've received $1,250.00 from ATELIER NORD INC. and it has been automatically deposited.",
        "Hi MAUDE TESSIER,\nFunds Deposited!\n$1,250.00\nYour funds have been automatically deposited into your account at Desjardins.\n\nTransfer Details\nMessage:\nFacture 2026-101\n\n"
        "Date:\nNov 20, 2026\n\nReference Number:\nC1AVzjTtqRCM\n\nSent From:\nATELIER NORD INC.\n\nAmount:\n$1,250.00 (CAD)\n",
        ("received", "1250.00", "CAD", "2026-101", "C1AVzjTtqRCM", "ATELIER NORD INC."),
    ),
    Sample(
        "interac, deposited by itself, the older words",
        "interac",
        "ATELIER NORD <catch@payments.interac.ca>",
        "INTERAC e-Transfer: A money transfer from ATELIER NORD has been automatically deposited.",
        "Hi MAUDE,\nATELIER NORD has sent you a money transfer for the amount of $1,250.00 (CAD) and the money has been automatically deposited into your bank account at RBC.\n"
        "Message: 2026-101\nReference Number : CAvjMTys\nPlease do not reply to this email.\n",
        ("received", "1250.00", "CAD", "2026-101", "CAvjMTys", "ATELIER NORD"),
    ),
    Sample(
        "interac, deposited by itself, French",
        "interac",
        "DAVID CÔTÉ <notify@payments.interac.ca>",
        "Virement Interac : Vous avez reçu 1 250,00 $ de DAVID CÔTÉ et ce montant a été automatiquement déposé.",
        "Bonjour MAUDE TESSIER,\n\nLes fonds ont été déposés!\n1 250,00 $\n\nPrécisions sur le virement\n\nMessage :\nfacture 2026-101\n\nDate : 20 novembre 2026\n"
        "Numéro de référence : C1AVzjTtqRCM\nEnvoyé par : DAVID CÔTÉ\nMontant : 1 250,00 $ (CAD)\n",
        ("received", "1250.00", "CAD", "2026-101", "C1AVzjTtqRCM", "DAVID CÔTÉ"),
    ),
    Sample(
        "interac, waiting to be deposited",
        "interac",
        "JANE DOE <notify@payments.interac.ca>",
        "Interac e-Transfer: JANE DOE sent you money.",
        "Hi MAUDE,\nJANE DOE sent you $1,250.00 (CAD).\nMessage: 2026-101\nSelect a bank to deposit your money.\nExpires: December 20, 2026\nReference Number: CA1b2C3d",
        ("pending", "1250.00", "CAD", "2026-101", "CA1b2C3d", "JANE DOE"),
    ),
    Sample(
        "interac, waiting to be deposited, French",
        "interac",
        "JEANNE ROY <notify@payments.interac.ca>",
        "Virement Interac : JEANNE ROY vous a envoyé de l'argent.",
        "Bonjour MAUDE,\nJEANNE ROY vous a envoyé un virement de 1 250,00 $ (CAD).\nMessage : 2026-101\nPour déposer votre argent, choisissez votre institution.",
        ("pending", "1250.00", "CAD", "2026-101", "", "JEANNE ROY"),
    ),
    Sample(
        "interac, our own transfer was taken",
        "interac",
        "Interac <notify@payments.interac.ca>",
        "INTERAC e-Transfer: Your money transfer to JANE DOE was deposited.",
        "The $50.00 (CAD) you sent to JANE DOE has been successfully deposited.",
        ("sent", "50.00", "CAD", "", "", "JANE DOE"),
    ),
    Sample(
        "gocardless, English",
        "gocardless",
        "GoCardless <no-reply@gocardless.com>",
        "Payment of £500.00 from Acme Ltd has been confirmed",
        "Good news! A payment has been confirmed.\n\nCustomer: Acme Ltd\nAmount: £500.00\nDescription: Invoice INV-7\nPayment ID: PM0012ABCD34\n",
        ("received", "500.00", "GBP", "INV-7", "PM0012ABCD34", "Acme Ltd"),
    ),
    Sample(
        "gocardless, French",
        "gocardless",
        "GoCardless <no-reply@gocardless.com>",
        "Un paiement de 500,00 € a été collecté",
        "Bonjour,\nLe paiement de 500,00 € de Acme SARL a bien été collecté.\nLibellé : F-2026-041\nIdentifiant du paiement : PM0012ABCD34",
        ("received", "500.00", "EUR", "F-2026-041", "PM0012ABCD34", "Acme SARL"),
    ),
    Sample(
        "gocardless, not yet collected",
        "gocardless",
        "no-reply@gocardless.com",
        "Payment created",
        "A payment of £500.00 has been created and will be collected on 25 November.",
        ("pending", "500.00", "GBP", "", "", ""),
    ),
    Sample(
        "square, English",
        "square",
        "Square <noreply@messaging.squareup.com>",
        "Acme Inc. paid you $1,250.00 CAD",
        "Invoice #000123\nAcme Inc. paid your invoice.\nAmount paid\n$1,250.00 CAD\nReceipt #aB3dE\n",
        ("received", "1250.00", "CAD", "000123", "aB3dE", "Acme Inc."),
    ),
    Sample(
        "square, French",
        "square",
        "Square <noreply@messaging.squareup.com>",
        "Acme inc. a payé votre facture",
        "",
        ("received", "1250.00", "CAD", "000123", "", "Acme inc."),
        page(
            "<p>Acme inc. a payé votre facture</p>",
            table(("Montant payé", "1 250,00 $ CA"), ("Numéro de facture", "000123"), ("Client", "Acme inc.")),
        ),
    ),
    Sample(
        "revolut, English",
        "revolut",
        "Revolut Business <no-reply@revolut.com>",
        "You received a payment",
        "Hi,\nYou received £320.50 from Jo Client.\nReference: INV-3\nTransaction ID: 65a1b2c3-d4e5-6789-abcd-ef0123456789",
        ("received", "320.50", "GBP", "INV-3", "65a1b2c3-d4e5-6789-abcd-ef0123456789", "Jo Client"),
    ),
    Sample(
        "revolut, French",
        "revolut",
        "Revolut <no-reply@revolut.com>",
        "Jo Client vous a envoyé 320,50 €",
        "Jo Client vous a envoyé 320,50 €.\nRéférence : F-2026-003",
        ("received", "320.50", "EUR", "F-2026-003", "", "Jo Client"),
    ),
    Sample(
        "desjardins, French",
        "desjardins",
        "Desjardins <ne_pas_repondre@desjardins.com>",
        "Avis de dépôt à votre compte",
        "Bonjour,\n\nUn dépôt direct de 1 250,00 $ a été effectué dans votre compte.\nProvenance : ACME INC\nDescription : FACT 2026-101\nNuméro de confirmation : 00123456\n",
        ("received", "1250.00", "CAD", "2026-101", "00123456", "ACME INC"),
    ),
    Sample(
        "bnp, French",
        "bnpparibas",
        "BNP Paribas <ne-pas-repondre@bnpparibas.com>",
        "Vous avez reçu un virement",
        "Bonjour,\nVotre compte n°****1234 a été crédité de 1.250,00 EUR.\nDonneur d'ordre : SARL LUMIERE\nMotif : F-2026-041\nDate d'opération : 20/11/2026",
        ("received", "1250.00", "EUR", "F-2026-041", "", "SARL LUMIERE"),
    ),
    Sample(
        "credit agricole, French",
        "creditagricole",
        "Crédit Agricole <alerte@credit-agricole.fr>",
        "Alerte : virement reçu",
        "Un virement de 1 250,00 € a été crédité sur votre compte courant.\nÉmetteur : STUDIO LUMIERE\nLibellé : FACTURE F-2026-041",
        ("received", "1250.00", "EUR", "F-2026-041", "", "STUDIO LUMIERE"),
    ),
    Sample(
        "rbc, English",
        "rbc",
        "RBC Royal Bank <alerts@alerts.rbc.com>",
        "A deposit was made to your account",
        "A deposit of $1,250.00 was made to your account ending in 1234.\nFrom: ACME INC\nReference: 2026-101",
        ("received", "1250.00", "CAD", "2026-101", "", "ACME INC"),
    ),
    Sample(
        "barclays, English",
        "barclays",
        "Barclays <no-reply@barclays.co.uk>",
        "You've received a payment",
        "",
        ("received", "1250.00", "GBP", "INV-2042", "", "ACME LTD"),
        page(
            "<p>A payment has been made into your account ending 123.</p>",
            table(("Amount", "£1,250.00"), ("From", "ACME LTD"), ("Reference", "INV-2042"), ("Date", "20/11/2026")),
        ),
    ),
    Sample(
        "swiss marks",
        "wise",
        "Wise <noreply@wise.com>",
        "You received 1’225.85 CHF from Müller AG",
        "Reference: INV-5",
        ("received", "1225.85", "CHF", "INV-5", "", "Müller AG"),
    ),
)
