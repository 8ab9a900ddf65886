"""How banks name the columns of their exports in French, English and German: data, folded to capitals and digits."""

from collections.abc import Mapping
from types import MappingProxyType

from mailbot.bank.fold import compact

# In each line the better column first: a booking day before a value day.
_NAMES = {
    "booked_on": (
        "Date|Date comptable|Date opération|Date de l'opération|Date d'opération|Date operation"
        "|Date de comptabilisation|Date comptabilisation|Dateop|Booking date|Posted date|Posting date"
        "|Posted|Transaction date|Date posted|Date completed|Completed date|Completed date (UTC)"
        "|Created on|Finished on|Buchungstag|Buchungsdatum|Buchung|Datum|Date de transaction"
        "|Date transaction|Boekdatum|Date valeur|Date de valeur|Value date|Valuta|Wertstellung"
        "|Started date|Settlement date (UTC)|Settlement date|Operation date (local)|Operation date"
        "|Effective date|Date de règlement|Date d'exécution|Ausführungsdatum|Fecha"
    ),
    "amount": (
        "Montant|Montant de l'opération|Montant opération|Montant (EUR)|Montant EUR|Montant CAD"
        "|Montant en euros|Amount|Amount (EUR)|Amount (GBP)|Amount (CAD)|Amount (USD)|Transaction amount"
        "|CAD$|Betrag|Betrag (EUR)|Umsatz|Betrag in EUR|Bedrag|Bedrag (EUR)|Total amount|Montant(EUROS)"
        "|Montant total (TTC)|Total amount (incl. VAT)|Gross|Brut|Valeur|Net amount|Somme"
    ),
    "debit": (
        "Débit|Débit euros|Débit (EUR)|Montant débit|Debit|Debit amount|Withdrawals|Withdrawal|Paid out"
        "|Money out|Retrait|Retraits|Soll|Lastschrift|Belastung"
    ),
    "credit": (
        "Crédit|Crédit euros|Crédit (EUR)|Montant crédit|Credit|Credit amount|Deposits|Deposit|Paid in"
        "|Money in|Dépôt|Dépôts|Haben|Gutschrift"
    ),
    "direction": (
        "Sens|Type débit/crédit|Débit/Crédit|Debit/Credit|Credit/Debit|Credit debit indicator|CR/DR"
        "|Dr/Cr|Soll/Haben|S/H|Af Bij|Direction"
    ),
    "currency": ("Devise|Monnaie|Currency|Currency code|Währung|Waehrung|Munt|Transaction currency|Devise du compte"),
    "id": (
        "Id|Identifiant|Identifiant transaction|Numéro d'opération|N° opération|Référence opération"
        "|Référence bancaire|Transaction id|Transaction number|Bank reference|Id transaction"
        "|TransferWise ID|Wise ID|FITID|Transaktions-ID|Transaktionsnummer|Buchungsnummer|Entry reference"
        "|Unique id|Confirmation number"
    ),
    "payer": (
        "Nom|Payeur|Contrepartie|Nom contrepartie|Nom de la contrepartie|Donneur d'ordre|Émetteur|Tiers"
        "|Bénéficiaire|Name|Payer|Payer name|Payee|Payee name|Counterparty|Counterparty name|From|Sender"
        "|Debtor|Auftraggeber|Auftraggeber/Empfänger|Auftraggeber / Begünstigter"
        "|Beguenstigter/Zahlungspflichtiger|Begünstigter/Zahlungspflichtiger|Zahlungspflichtiger"
        "|Name Zahlungsbeteiligter|Partner name|Account owner|Initiator|Naam tegenpartij|Nom du tiers"
        "|Name 1"
    ),
    "payer_iban": (
        "IBAN|IBAN contrepartie|IBAN de la contrepartie|Compte contrepartie|Compte donneur d'ordre"
        "|Counterparty iban|Counterparty account|Partner iban|Debtor iban|Debtor account"
        "|IBAN Zahlungsbeteiligter|Kontonummer/IBAN|Kontonummer|Tegenrekening|Payer account|IBAN du tiers"
    ),
    "reference": (
        "Référence|Reference|Réf|Ref|Payment reference|Référence client|Customer reference"
        "|Référence de paiement|End to end|End to end id|EndToEndId|Kundenreferenz"
        "|Kundenreferenz (End-to-End)|Verwendungszweck 2|Cheque number|Check number|Numéro de chèque"
        "|Communication structurée|Mededeling"
    ),
    "text": (
        "Libellé|Label|Libellé opération|Libellé de l'opération|Libellé simplifié|Libellé complet"
        "|Description|Description 1|Description 2|Détails|Détail|Détails de l'opération|Details"
        "|Informations complémentaires|Communication|Motif|Message|Memo|Mémo|Note|Narrative"
        "|Remittance information|Particulars|Transaction description|Transaction details|Verwendungszweck"
        "|Buchungstext|Vorgang/Verwendungszweck|Omschrijving|Nature|Objet|Payer reference"
    ),
    "status": ("Statut|État|Status|State"),
}
_MANY = frozenset(("text", "reference", "status"))


def _aliases() -> Mapping[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for name, written in _NAMES.items():
        for rank, alias in enumerate(written.split("|")):
            found.setdefault(compact(alias), (name, rank))
    return MappingProxyType(found)


_ALIASES = _aliases()


def meaning(cells: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Which columns mean what: of several that mean the same the best, except texts, which are joined."""
    found: dict[str, list[tuple[int, int]]] = {}
    for index, cell in enumerate(cells):
        known = _ALIASES.get(compact(cell))
        if known:
            found.setdefault(known[0], []).append((known[1], index))
    return {
        name: tuple(index for _, index in ranked) if name in _MANY else (min(ranked)[1],)
        for name, ranked in found.items()
    }


def is_header(cells: tuple[str, ...]) -> bool:
    """Whether a row names at least a day and an amount."""
    named = meaning(cells)
    return "booked_on" in named and ("amount" in named or "credit" in named)
