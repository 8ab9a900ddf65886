"""The columns that mailbot reads, and the other names they go by, in English and French."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it means in a sentence, and its other names, separated by bars."""

    name: str
    meaning: str
    aliases: str = ""


INVOICE_COLUMNS = (
    Column(
        "number",
        "the invoice number; required, and what makes a second import change instead of add",
        (
            "invoice | invoice number | invoice no | invoice # | invoice id | no | num | numéro | n° facture "
            "| numéro de facture | numéro facture | no de facture | facture"
        ),
    ),
    Column(
        "client",
        "the client's code or name; required unless client_name or client_email is there",
        "client code | code client | customer | customer id | cliente",
    ),
    Column(
        "issued_on",
        "the date on the invoice; required",
        (
            "issued | issue date | issued date | date issued | invoice date | date | date d'émission | "
            "émission | émise le | date facture | date de facture | date de facturation | date de la facture"
        ),
    ),
    Column(
        "due_on",
        "the date by which it is payable",
        (
            "due | due date | date due | payable by | échéance | date d'échéance | date échéance | date "
            "limite | payable le | à payer le"
        ),
    ),
    Column(
        "terms_days",
        "days from issue to due date, where due_on is empty",
        ("terms | payment terms | net days | days | délai | délai de paiement | délai jours | conditions | modalités"),
    ),
    Column(
        "amount",
        "what is to be paid, taxes included; required",
        (
            "total | invoice amount | grand total | amount due | montant | montant ttc | total ttc | montant "
            "total | montant de la facture | montant facture | total taxes incluses"
        ),
    ),
    Column(
        "currency",
        "ISO 4217 code, such as EUR or CAD",
        "currency code | devise | monnaie | code devise",
    ),
    Column(
        "subject",
        "what it is for, in the client's language",
        "description | memo | title | objet | libellé | sujet | désignation | intitulé",
    ),
    Column(
        "paid",
        "what was already paid of it",
        (
            "amount paid | paid to date | paid amount | payé | montant payé | déjà payé | réglé | montant "
            "réglé | acompte"
        ),
    ),
    Column(
        "balance",
        "what is still to be paid; an other way to say paid",
        "open balance | balance due | amount remaining | solde | solde dû | reste à payer | restant dû",
    ),
    Column(
        "status",
        "draft, sent, paid or void; empty where mailbot sends it",
        "statut | état | invoice status",
    ),
    Column(
        "sent_on",
        "the date on which the client got it by other means; empty where mailbot sends it",
        "sent | date sent | sent date | envoyée le | envoyé le | date d'envoi | envoi",
    ),
    Column(
        "pdf",
        "path of the PDF to attach",
        "pdf file | file | attachment | fichier | fichier pdf | pièce jointe",
    ),
    Column(
        "client_email",
        "the client's address, where there is no clients.csv",
        (
            "email | e-mail | mail | customer email | contact email | courriel | adresse courriel | courriel "
            "client | adresse e-mail"
        ),
    ),
    Column(
        "client_name",
        "the client's name",
        "customer name | nom du client | nom client | raison sociale | company",
    ),
    Column(
        "first_name",
        "first name of the person who is written to",
        "prénom | contact first name",
    ),
    Column(
        "language",
        "fr or en",
        "lang | langue",
    ),
    Column(
        "country",
        "the client's country: FR, CA or its name",
        "pays | country code | code pays",
    ),
    Column(
        "region",
        "QC, ON, 57 ...: where public holidays differ",
        "province | state | département | région | canton",
    ),
    Column(
        "timezone",
        "IANA name such as America/Toronto",
        "time zone | tz | fuseau | fuseau horaire",
    ),
    Column(
        "kind",
        "business or consumer",
        "client kind | client type | type de client | type client",
    ),
)

CLIENT_COLUMNS = (
    Column(
        "code",
        "short stable name, such as lumiere; made from the name where empty",
        "client code | code client | client | id",
    ),
    Column(
        "name",
        "the client's name; required",
        (
            "client name | customer | customer name | company | company name | organization | organisation | "
            "nom | nom du client | raison sociale | société | entreprise"
        ),
    ),
    Column(
        "email",
        "where letters go; required",
        (
            "client email | e-mail | mail | customer email | contact email | courriel | adresse courriel | "
            "adresse e-mail"
        ),
    ),
    Column(
        "first_name",
        "first name of the person who is written to",
        "prénom | contact first name",
    ),
    Column(
        "contact_name",
        "full name of that person",
        "contact | contact person | full name | nom du contact | interlocuteur",
    ),
    Column(
        "billing_email",
        "the accounts department, in copy where the ladder says so",
        ("accounts email | accounting email | courriel comptabilité | courriel facturation | email comptabilité"),
    ),
    Column(
        "assistant_email",
        "an assistant at the client",
        "courriel assistant | courriel assistante | email assistant",
    ),
    Column(
        "language",
        "fr or en",
        "lang | langue",
    ),
    Column(
        "country",
        "FR, CA or its name",
        "pays | country code | code pays",
    ),
    Column(
        "region",
        "QC, ON, 57 ...: where public holidays differ",
        "province | state | département | région | canton",
    ),
    Column(
        "timezone",
        "IANA name such as America/Toronto",
        "time zone | tz | fuseau | fuseau horaire",
    ),
    Column(
        "kind",
        "business or consumer; never guessed",
        "client kind | client type | type | type de client | type client",
    ),
    Column(
        "phone",
        "for the call prompt",
        "telephone | phone number | phone numbers | téléphone | tél | portable | mobile",
    ),
    Column(
        "pay_day",
        "day of the month on which the client pays, 1 to 31",
        "payment day | jour de paiement | jour de paie",
    ),
    Column(
        "ladder",
        "name of the ladder in policy.toml",
        "échelle | relances | reminders",
    ),
)

KNOWN_UNUSED = frozenset({"notes", "note", "remarques", "commentaire", "commentaires"})
"""Headers, folded, that nobody needs to be told about: free text that mailbot leaves alone."""


def fold(header: str) -> str:
    """A header without accents, case, punctuation and underscores, so that `Date d'Échéance` is `date d echeance`."""
    plain = unicodedata.normalize("NFKD", header.replace("°", "o").replace("№", "no").replace("#", " no "))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


@cache
def names(columns: tuple[Column, ...]) -> Mapping[str, str]:
    """Every folded name to the column that it means; a column's own name wins over another's alias."""
    found: dict[str, str] = {}
    for column in columns:
        for alias in filter(None, column.aliases.split("|")):
            found.setdefault(fold(alias), column.name)
    return found | {fold(column.name): column.name for column in columns}
