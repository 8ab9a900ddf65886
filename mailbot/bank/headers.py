"""How banks name the columns of their exports in French, English and German: data, folded to capitals and digits."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from mailbot.bank.fold import compact

_LONGEST = 60
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
        "|CAD$|Betrag|Betrag (EUR)|Umsatz|Umsatz in EUR|Betrag in EUR|Bedrag|Bedrag (EUR)|Total amount|Montant(EUROS)"
        "|Montant total (TTC)|Total amount (incl. VAT)|Gross|Brut|Montant TTC|Valeur|Value|Net amount|Somme"
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
    "currency": (
        "Devise|Monnaie|Currency|Payment currency|Currency code|Währung|Waehrung|Munt|Transaction currency"
        "|Devise du compte"
    ),
    "id": (
        "Id|Identifiant|Identifiant transaction|Numéro d'opération|N° opération|Référence opération"
        "|Référence bancaire|Transaction id|Transaction number|Bank reference|Id transaction"
        "|TransferWise ID|Wise ID|FITID|Transaktions-ID|Transaktionsnummer|Buchungsnummer|Entry reference"
        "|Unique id|Confirmation number"
    ),
    "payer": (
        "Nom|Payeur|Nom contrepartie|Nom de la contrepartie|Naam tegenpartij|Contrepartie|Donneur d'ordre|Émetteur"
        "|Tiers|Bénéficiaire|Name|Payer|Payer name|Payee|Payee name|Counterparty|Counterparty name|From|Sender"
        "|Debtor|Auftraggeber|Auftraggeber/Empfänger|Auftraggeber / Begünstigter"
        "|Beguenstigter/Zahlungspflichtiger|Begünstigter/Zahlungspflichtiger|Zahlungspflichtiger"
        "|Name Zahlungsbeteiligter|Partner name|Account owner|Initiator|Nom du tiers"
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
    "balance": ("Solde|Balance|Saldo|Running balance|Running bal.|Accountbalance|Solde après opération|Kontostand"),
    "status": ("Statut|État|Status|State"),
}
_MANY = frozenset(("text", "reference", "status"))
# What a name that no line above knows is understood by: the first pattern that its words hold. Nothing ("") is a column
# that must not be taken for another: amounts in another currency, own accounts, balances, categories.
_WORDS = (
    ("", r"\bORIG|LOCAL|FOREIGN|EXCHANGE|TAUX|RATE|FEE|FRAIS|TAX|TVA|MWST|FRANCS|SUMMARY|CATEG|TYPE|EMOJI|CARD|CARTE"),
    ("", r"ADDRESS|ADRESSE|TIME|HEURE|CODE POSTAL|BIC|SWIFT|MANDAT|GLA(?:E)?UBIGER|CREDITOR|MCC|SORT CODE|UHRZEIT"),
    ("balance", r"\bSOLDE|BALANCE|\bSALDO|\bBAL\b|KONTOSTAND"),
    ("booked_on", r"\bDATE|\bDATUM|BUCHUNGSTAG|\bJOUR\b|\bDAY\b"),
    ("debit", r"DEBIT|RETRAIT|WITHDRAW|PAID OUT|MONEY OUT|\bSOLL\b|SORTIE|BELASTUNG|LASTSCHRIFT|DEPENSE|DECAISS"),
    ("credit", r"CREDIT|DEPOT|DEPOSIT|PAID IN|MONEY IN|\bHABEN\b|ENTREE|GUTSCHRIFT|RECETTE|ENCAISS"),
    ("amount", r"MONTANT|AMOUNT|BETRAG|UMSATZ|BEDRAG|\bVALUE\b|\bSOMME|IMPORTE|IMPORTO"),
    ("currency", r"DEVISE|MONNAIE|CURRENCY|W(?:A|AE)HRUNG|\bMUNT\b|\bCCY\b"),
    ("", r"EIGEN|\bOWN\b|MON COMPTE|MY ACCOUNT|AUFTRAGSKONTO|ACCOUNT (?:NAME|LABEL|NUM)|COMPTE$|^ACCOUNT$|CAISSE"),
    ("payer_iban", r"IBAN|CONTREPARTIE.*COMPTE|COMPTE.*CONTREPARTIE|COUNTER.*ACCOUNT|GEGENKONTO"),
    ("payer", r"CONTREPARTIE|COUNTER ?PART|PAYEUR|\bPAYER|ZAHLUNGSPFLICHTIG|AUFTRAGGEBER|ORDONNATEUR|DONNEUR|EMETTEUR"),
    ("payer", r"\bTIERS|SENDER|\bNAME\b|\bNOM\b|DEBTOR|REMITTER|\bCLIENT\b|CUSTOMER|PARTNER|TEGENPARTIJ|\bNAAM\b"),
    ("reference", r"INVOICE|FACTURE|RECHNUNG|\bREF|REFERENZ|END ?TO ?END|CHEQUE|CHECK|COMMUNICATION STRUCT|KENMERK"),
    ("text", r"LIBELLE|DESCRIPTION|DETAIL|MEMO|\bTEXT|VERWENDUNG|COMMUNICATION|MOTIF|OBJET|NOTE|NARRATIVE|REMITTANCE"),
    ("text", r"OMSCHRIJVING|MEDEDELING|BESCHREIBUNG|PARTICULARS|INFORMATION|MESSAGE|AVISIERUNG|BUCHUNGSTEXT|LABEL"),
    ("status", r"STATUS|STATUT|^ETAT$|^STATE$"),
)
_IN_CURRENCY = re.compile(r"(?:AMOUNT|MONTANT|BETRAG)? ?(?:IN |EN )?(CAD|USD|EUR|GBP|CHF)")
_KNOWN_LATER = 100  # a name that is known beats one that was understood
Columns = Mapping[str, tuple[int, ...]]
"""Which columns, counted from nought, hold what; only texts, references and states may have several."""


def _aliases() -> Mapping[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for name, written in _NAMES.items():
        for rank, alias in enumerate(written.split("|")):
            found.setdefault(compact(alias), (name, rank))
    return MappingProxyType(found)


_ALIASES = _aliases()


@lru_cache(maxsize=2000)
def _meant(cell: str) -> tuple[str, int] | None:
    """What one name of a column means, and how good a column of that kind it is."""
    if known := _ALIASES.get(compact(cell)):
        return known
    words = compact(re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", cell), keep=" ")
    if not re.search(_WORDS[0][1], words) and (known := _ALIASES.get(compact(re.sub(r"\([^)]*\)|[$€£*#]", "", cell)))):
        return known
    for name, pattern in _WORDS:
        if re.search(pattern, words):
            late = name == "booked_on" and re.search(r"VALEUR|VALUE|VALUTA|WERT|START|DEBUT|CREAT", words)
            return (name, _KNOWN_LATER + bool(late)) if name else None
    return None


def meaning(cells: tuple[str, ...]) -> Columns:
    """Which columns mean what: of several that mean the same the best, except texts, which are joined."""
    found: dict[str, list[tuple[int, int]]] = {}
    for index, cell in enumerate(cells):
        known = _meant(cell.strip().strip("\ufeff")) if cell.strip() and len(cell) <= _LONGEST else None
        if known:
            found.setdefault(known[0], []).append((known[1], index))
    return {
        name: tuple(index for _, index in ranked) if name in _MANY else (min(ranked)[1],)
        for name, ranked in found.items()
    }


def other_money(cells: Sequence[str], columns: Columns) -> Mapping[int, str]:
    """Columns of amounts in another currency than the one that was taken: `CAD$` beside `USD$`; its code by column."""
    taken = {index for where in columns.values() for index in where}
    found = {
        index: said[1]
        for index, cell in enumerate(cells)
        if index not in taken and (said := _IN_CURRENCY.fullmatch(compact(cell, keep=" ")))
    }
    return MappingProxyType(found)


def is_header(cells: tuple[str, ...]) -> bool:
    """Whether a row names at least a day and an amount, and is itself no movement."""
    named = meaning(cells)
    if any(re.fullmatch(r"\W*\d[\d.,/ -]*\W*", cell) for cell in cells):
        return False
    return "booked_on" in named and ("amount" in named or "credit" in named)
