"""Whether a payer is a client: names as banks give them, cut, in capitals, with or without the legal form."""

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from mailbot.bank.fold import compact, folded

# Legal forms, titles and small words that tell nobody from anybody.
_NOISE = frozenset(
    """
    AB AG AND APS AS ASA ASBL ASSOC ASSOCIATION BV BVBA CIE CO COMPANY COOP COOPERATIVE CORP CORPORATION D DE DES DR DU
    EI EIRL EK EN ENR ENRG ENTREPRISE ET ETS EURL FRAU GBR GMBH HERR INC INCORPORATED KG L LA LDA LE LES LIMITED LLC
    LLP LTD LTDA LTE LTEE M MADAME MBH MLLE MME MONSIEUR MR MRS MS NV OBNL OF OHG OSBL OU OY OYJ PLC PTE PTY SA
    SARL SAS SASU SCI SCOP SCP SCRL SEC SELARL SENC SENCRL SL SLU SNC SOCIETE SPA SPRL SRL STE THE UG UND VAN
    VOF VON
    """.split()  # noqa: SIM905 - it is read as words
)
# Words that a name may carry or not, where at least two others tell whose it is.
_WEAK = frozenset(
    """
    ASSOCIES ASSOCIE ASSO ASSOCIATES PARTNERS PARTNER FILS FRERES SONS BROTHERS GROUP GROUPE GRUPPE HOLDING
    INTERNATIONAL FRANCE CANADA QUEBEC DEUTSCHLAND SUISSE SCHWEIZ BELGIQUE EUROPE UK USA
    """.split()  # noqa: SIM905 - it is read as words
)
# A word of a trade or a region right behind a name makes it the name of another firm.
_GOES_ON = frozenset(
    """
    ASSURANCE ASSURANCES AUTO AUTOMOBILES AVOCAT AVOCATS BANK BANQUE BAU BOUTIQUE CAPITAL CATERING CONSEIL CONSEILS
    CONSTRUCTION CONSULTING COURTAGE DENTAL DISTRIBUTION EAST ELEKTRO ENERGIE ENERGY EST EXCAVATION EXPRESS
    FINANCE FINANCES FOODS FOUNDATION GARAGE GASTRO GESTION HOLDINGS HOTEL HOTELS IMMO IMMOBILIEN IMMOBILIER
    INSURANCE INVEST INVESTISSEMENT INVESTMENTS LOGISTICS LOGISTIK LOGISTIQUE MACONNERIE MEDIA MEDIAS MOBILIER MOTORS
    NORD NORTH NOTAIRE NOTAIRES NOTARIS NOTARISSEN NOTARY OST OUEST PATRIMOINE PLOMBERIE PRODUCTIONS PROPERTIES PROPERTY
    RENTALS RESTAURANT ROOFING SANTE SECURITE SERVICES SOLUTIONS SOUTH SPORT SPORTS SUD TECHNOLOGIES TELECOM TOITURE
    TOITURES TRADING TRANSPORT TRANSPORTS TRAVEL VERSICHERUNG VERSICHERUNGEN VOYAGES WEST
    """.split()  # noqa: SIM905 - it is read as words
)
_NO_NAME = frozenset(
    """
    POUR FOR FACTURE FACTURES FACT FAC INVOICE INVOICES INV REF REFERENCE MOTIF OBJET PAIEMENT PAYMENT PMT RECHNUNG
    NOTPROVIDED VIREMENT VIR MERCI THANKS NUMERO NO NR RE ID ORIG DESC CONF LIBELLE MITTEILUNGEN COMMUNICATION
    """.split()  # noqa: SIM905 - it is read as words
)
_SHORT_NAME = 7  # signs
_SHORT_WORD = 4  # the least of a name that its legal form follows
_CUT = 16  # banks keep so many signs of a name, or more
_TRANSFER = re.compile(
    r"^\W*(?:(?:VIR(?:EMENT)?|VRT|INST(?:ANTANE)?|SEPA|SCT|RECU|RECUE?|EN VOTRE FAVEUR|FAVEUR|E-?TRANSFER|INTERAC|"
    r"DEPOT|DEPOSIT|DIRECT|CREDIT|TRANSFER|BANK|GIRO|FPS|BACS|CHAPS|ACH|WIRE|INCOMING|PAYMENT|PAIEMENT|FROM|DE|PAR|BY|"
    r"GUTSCHRIFT|UEBERWEISUNG|UBERWEISUNG|VON|RECEIVED|FRM|EMIS PAR|/DE|/FRM|BGC|FPI|TFR|AUTO-?DEPOSIT|AUTODEPOT|"
    r"RECEIPT|FASTER|PAYMENTS|REMISE|CHEQUES?|CHQ|ZELLE|RTP|SENT|RECEIVED FROM)\b"
    r"(?: ?\d{5,})?(?:\s*\*{2,}\w{2,4}\b)?[\s/:.-]*)+"
)
# A code in front of a label, as the Bank of Montreal writes it: [DD] for a direct deposit.
_MARK = re.compile(r"^\s*\[[A-Z]{2}\]\s*")
# After these words a bank's own label names the payer.
_FROM = re.compile(
    r"(?:\b(?:FROM|ORIG(?:INATOR| CO NAME)?|B/O|BY ORDER OF|AUFTRAGGEBER|EMETTEUR|DONNEUR D.ORDRE|DEBITEUR|DE|VON|PAR"
    r"|BY|SENDER|PAYER|ABS|NAAM|NAME)\b|/(?:DE|NAME|ORDP|FRM)/?)[\s:./]*"
)
# Who pays for others: the name behind it stands in the text, if anywhere.
_INTERMEDIARY = re.compile(
    r"\W*(?:WISE|TRANSFERWISE|PAYPAL|STRIPE|REVOLUT|SUMUP|GOCARDLESS|MOLLIE|PAYONEER|WESTERN UNION|SQUARE|ADYEN|PAYLIB"
    r"|LYDIA|WERO|INTERAC|MONEYGRAM|REMITLY|OFX|CURRENCYCLOUD|CURRENCY CLOUD|EBURY|IBANFIRST|KLARNA|ZELLE|VENMO)\b"
)
# One's own money, from one pocket into the other.
_OWN = re.compile(
    r"\b(?:ENTRE (?:MES |VOS |NOS )?COMPTES|COMPTE A COMPTE|VIREMENTS? INTERNES?|INTER-?COMPTES?|EIGENEN? KONTOS?"
    r"|UMBUCHUNG|KONTOUE?BERTRAG|OWN ACCOUNTS?|BETWEEN (?:MY )?ACCOUNTS|INTERNAL TRANSFER|TFR-?(?:FR|TO)"
    r"|EIGEN REKENING|CONVERTED [\d.,]+ [A-Z]{3} TO|DEPUIS (?:MON |LE )?(?:COMPTE|LIVRET))\b"
)
_REFUND = re.compile(r"\b(?:REMB|RBT|REFUND|REBATE|\w*ERSTATTUNG|CREDIT (?:DE )?TVA|CREDIT D IMPOT|CREDIT D'IMPOT)")
_OFFICES = re.compile(
    r"\b(?:D\.?G\.?F\.?I\.?P|DDFIP|DRFIP|SIE|TRESOR PUBLIC|FINANCES PUBLIQUES|IMPOTS?|URSSAF|REVENU QUEBEC"
    r"|GOUV(?:ERNEMENT)?[. ]+(?:DU |OF )?(?:QUEBEC|CANADA|ONTARIO)"
    r"|RECEVEUR GENERAL|RECEIVER GENERAL|CANADA REVENUE|REVENUE AGENCY|AGENCE DU REVENU|ARC CANADA|GOUV CANADA|HMRC|IRS"
    r"|US TREASURY|FINANZAMT|FINANZKASSE|BUNDESKASSE|LANDESKASSE|CPAM|AMELI|POLE EMPLOI|FRANCE TRAVAIL|TAX AUTHORITY"
    r"|HM REVENUE|SPF FINANCES|FOD FINANCIEN|BELASTINGDIENST|AFC|ADMINISTRATION FISCALE)\b"
)
_TAXES = re.compile(
    r"\b(?:TVA|VAT|UST|UMSATZSTEUER|STEUER\w*|TAX|TAXES?|GST|HST|TPS|TVQ|QST|IMPOTS?|COTISATIONS?|CFE|CAF|CRA|ARC)\b"
)


class Likeness(IntEnum):
    """How surely a payer is a client. `SAME` is enough with an exact amount, `ALIKE` never is.

    `WITHIN`: all words of the name stand in the label, in a row and somewhere; that is enough with number and amount.
    """

    OTHER = 0
    UNSAID = 1
    ALIKE = 2
    WITHIN = 3
    SAME = 4


def is_intermediary(payer: str) -> bool:
    """Whether the payer is a service that pays in another's name, so that it tells nobody."""
    return _INTERMEDIARY.match(folded(payer)) is not None and len(tokens(payer)) < 4


@lru_cache(maxsize=50_000)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name that tell it from others, folded."""
    plain = re.sub(r"(?<=\b[A-Z])\.(?=[A-Z]\b)", "", folded(name)).replace("'", " ").replace("\u2019", " ")
    words = tuple(re.findall(r"[A-Z0-9]+", plain))
    told = tuple(word for word in words if word not in _NOISE)
    return told or words


def is_authority(payer: str, text: str) -> bool:
    """Whether the money comes from a tax office or the like, by its name, or by a tax that is paid back."""
    who, words = folded(payer), folded(text)
    if _OFFICES.search(who):
        return True
    back = _REFUND.search(f"{who} {words}") is not None
    return (back or not who) and (
        _OFFICES.search(words) is not None or (back and _TAXES.search(f"{who} {words}") is not None)
    )


def is_own(payer: str, text: str) -> bool:
    """Whether the bank's words are of a transfer between accounts of one holder, and nobody is named as its payer."""
    return _OWN.search(folded(payer or text)) is not None


def likeness(payer: str, label: str, names: Iterable[str]) -> Likeness:
    """How surely the payer is one of `names`. Where the bank names no payer, its name may begin the label."""
    if tokens(payer):
        bare = _TRANSFER.sub("", folded(payer)) or payer
        return max((_alike(said, name) for name in names for said in (payer, bare)), default=Likeness.OTHER)
    plain = _MARK.sub("", folded(label))
    rest = _TRANSFER.sub("", plain)
    if not rest.strip():
        return Likeness.UNSAID
    parts = [rest, *(plain[found.end() :] for found in _FROM.finditer(plain))]
    return max((_begins(part, name) for name in names for part in parts), default=Likeness.UNSAID)


def _alike(payer: str, name: str) -> Likeness:
    theirs, ours = tokens(payer), tokens(name)
    if not ours or not theirs:
        return Likeness.OTHER
    if set(theirs) == set(ours) or "".join(theirs) == "".join(ours):
        return Likeness.SAME
    if set(_all_spelt(theirs)) == set(_all_spelt(ours)) or _spelt("".join(theirs)) == _spelt("".join(ours)):
        return Likeness.SAME
    left, right = compact(payer), compact(name)
    joined_left, joined_right = "".join(theirs), "".join(ours)
    if (
        min(len(left), len(right)) >= _CUT
        and len(theirs) > 1
        and (right.startswith(left) or joined_right.startswith(joined_left))
    ):
        return Likeness.SAME
    if _without_weak(theirs) == _without_weak(ours) and len(_without_weak(ours)) > 1:
        return Likeness.SAME
    common = set(theirs) & set(ours)
    if common and any(len(word) > 3 for word in common):
        return Likeness.ALIKE
    slips = _close(joined_left, joined_right)
    return Likeness.ALIKE if slips else Likeness.OTHER


def _without_weak(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for word in words if word not in _WEAK)


@lru_cache(maxsize=50_000)
def _spelt(word: str) -> str:
    """German banks write an umlaut as two letters, and others leave its dots out: both are the same word."""
    return re.sub(r"([AOU])E", r"\1", word)


def _close(left: str, right: str) -> bool:
    """Whether two names share nearly all pairs of signs (Dice)."""
    pairs = [{one[i : i + 2] for i in range(len(one) - 1)} for one in (left, right)]
    size = len(pairs[0]) + len(pairs[1])
    return size > 0 and 2 * len(pairs[0] & pairs[1]) / size >= 0.75


def _ends_name(word: str) -> bool:
    """Whether a word of a label cannot belong to the name before it."""
    return any(c.isdigit() for c in word) or word in _NO_NAME or word in _WEAK


def _goes_on(label: str, words: list[str]) -> bool:
    """Whether a trade, or a word of two letters, follows a name's last word directly: `SMITH, TRAVEL` ends it."""
    if len(words) < 2 or words[1] in _NO_NAME or not (words[1] in _GOES_ON or re.fullmatch("[A-Z]{2}", words[1])):
        return False
    return re.search(rf"\b{words[0]}\s+{words[1]}\b", label) is not None


def _begins(label: str, name: str) -> Likeness:
    words = [word for word in re.findall(r"[A-Z0-9]+", label.replace("'", " ")) if word not in _NOISE]
    ours = tokens(name)
    if not ours:
        return Likeness.UNSAID
    enough = len(ours) > 1 or len(ours[0]) > 4
    if enough and set(_all_spelt(words[: len(ours)])) == set(_all_spelt(ours)):
        return Likeness.WITHIN if _goes_on(label, words[len(ours) - 1 : len(ours) + 1]) else Likeness.SAME
    joined, said = "".join(ours), "".join(words)
    if len(words) > 1 and len(said) >= _CUT and joined.startswith(said):
        return Likeness.SAME  # the name is all there is, and it is cut
    bare = _without_weak(ours)
    over = words[len(bare) : len(bare) + 1]
    if len(bare) > 1 and frozenset(words[: len(bare)]) == bare and all(_ends_name(word) for word in over):
        return Likeness.SAME
    whole = re.findall(r"[A-Z0-9]+", folded(name).replace("'", " "))
    said_whole = re.findall(r"[A-Z0-9]+", label.replace("'", " "))
    telling = len("".join(whole)) > _SHORT_NAME or (len(joined) >= _SHORT_WORD and whole[-1:] != [joined])
    if len(whole) > 1 and telling and said_whole[: len(whole)] == whole:
        return Likeness.SAME  # with its legal form, as it is registered
    spelt, wanted = _all_spelt(words), _all_spelt(ours)
    if any(spelt[at : at + len(wanted)] == wanted for at in range(len(spelt))):
        return Likeness.WITHIN
    return Likeness.ALIKE if joined in said else Likeness.UNSAID


def _all_spelt(words: Iterable[str]) -> list[str]:
    return [_spelt(word) for word in words]


def is_longer(name: str, other: str) -> bool:
    """Whether one name holds all words of the other and more: of two that a label may mean, the longer is meant."""
    return set(tokens(name)) > set(tokens(other))
