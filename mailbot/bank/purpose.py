"""Words by which a payer says that money is for something else than an invoice: data, folded to capitals.

A client may also be a cooperative that shares out its surplus, a tax office that pays back, a friend who sends a
present: with no number of ours its name and an equal amount prove nothing, once the words speak of another purpose.
"""

import re
from collections.abc import Iterable

from mailbot.bank.fold import folded

_WORDS = (
    # shares in profit, and what was paid too much
    r"DIVIDEND\w*", r"RISTOURNES?", r"PATRONAGE", r"TANTIEM\w*", r"ROYALT(?:Y|IES)",
    r"DROITS? (?:D.?|DE L.)?AUTEURS?", r"TROP[ -]?PERCU\w*", r"COUPONS?", r"OVER-?PAYMENTS?", r"UBERZAHLUNG",
    r"UEBERZAHLUNG", r"CASH[ -]?BACKS?", r"REBATES?", r"PARTS? SOCIALES?",
    r"(?:BONUS|PRIME|REMISE|BON) (?:DE |D.)?(?:FIDELITE|PARRAINAGE|FIN D.ANNEE|ENERGIE|VACANCES)", r"PARRAINAGE",
    r"REDEVANCES?", r"TROP VERSE\w*", r"SURPLUS", r"KAPITALERTRAG\w*", r"AUSSCHUTTUNG\w*", r"AUSSCHUETTUNG\w*",
    r"PARTICIPATION AUX BENEFICES", r"PROFIT[ -]?SHARING", r"GEWINN\w*", r"APPORT", r"COMPTE COURANT D.?ASSOCIE",
    # money that comes back
    r"REMBOURS\w*", r"REMBT?", r"REIMBURS\w*", r"REFUND\w*", r"\w*ERSTATTUNG\w*", r"\w*RUE?CKZAHLUNG\w*", r"RIMBORSO",
    r"REEMBOLSO", r"DEVOLUCION", r"TERUGBETALING", r"RESTITUTION", r"NOTES? DE CREDIT", r"AVOIR (?:SUR|N|DU|DE)",
    r"AVOIRS?$",
    r"(?<!MOINS )(?<!DEDUIT )(?<!APRES )AVOIR \d+", r"ARRHES", r"ACOMPTE RENDU", r"CREDIT NOTES?", r"\w*STORNO",
    r"NOTES? DE FRAIS",
    r"FRAIS DE DEPLACEMENT", r"EXPENSES?", r"SPESEN\w*", r"AUSLAGEN\w*", r"DEPOT DE GARANTIE", r"CAUTION",
    r"SECURITY DEPOSIT", r"\w*KAUTION", r"RETOUR (?:DE )?MARCHANDISES?", r"RETURN OF \w+", r"ANNULATION",
    # taxes, benefits, insurance
    r"STEUER(?!N?FREI|NR|NUMMER|BERAT)\w*(?! ?N[RO])", r"(?:TAX|VAT|GST|HST) (?:CREDIT|RETURN|REPAYMENT)", r"TAX",
    r"(?:CREDIT|TROP VERSE|DEGREVEMENT|REMISE)S?(?: D.?| DE (?:LA )?)?(?:IMPOTS?|TVA|TPS|TVQ)", r"IMPOTS?",
    r"ALLOC(?:ATION)?S?", r"PRESTATIONS? (?:SOCIALES?|FAMILIALES?|SANTE|MALADIE)", r"PENSIONS?", r"RETRAITE",
    r"RENTEN?", r"(?:CHILD|HOUSING) BENEFIT", r"BENEFITS", r"INDEMNIT\w*", r"INDEMNIS\w*", r"\w*ENTSCHADIGUNG\w*",
    r"\w*ENTSCHAEDIGUNG\w*", r"SINISTRES?", r"COMPENSATION", r"INSURANCE (?:CLAIM|PAYOUT)", r"CLAIM SETTLEMENT",
    r"SCHOLARSHIPS?", r"STIPENDS?", r"PRIZE(?: MONEY)?", r"(?:PRIX|PRIME) (?:DU |DE )?CONCOURS", r"CHILD SUPPORT",
    r"SCHADEN\w*", r"KRANKENGELD", r"KINDERGELD", r"ELTERNGELD", r"SUBVENTIONS?", r"BOURSES?", r"GRANTS?",
    r"STIPENDIUM", r"SUBSIDY", r"SUBSIDIES",
    # wages, interest, loans
    r"SALAIRES?", r"SALARY", r"WAGES?", r"PAYROLL", r"PAIE (?:\d|DE|DU|MOIS)", r"GEHALT\w*", r"LOHN\w*",
    r"\w*GELDERSATZ", r"TREIZIEME MOIS", r"INTERETS?", r"INTEREST", r"\w*ZINS(?:EN|GUTSCHRIFT)", r"INTERESSI",
    r"PRETS?", r"EMPRUNT", r"LOANS?", r"\w*DARLEHEN\w*", r"KREDIT", r"MENSUALITE DE PRET", r"MORTGAGE",
    # home, family, friends
    r"LOYERS?", r"RENT", r"\w*MIETEN?", r"CADEAUX?", r"GIFTS?", r"\w*GESCHENK\w*", r"ANNIV(?:ERSAIRE)?", r"BIRTHDAY",
    r"GEBURTSTAG\w*", r"XMAS", r"CHRISTMAS GIFT", r"WEIHNACHTSGELD", r"DONS?", r"DONATIONS?", r"SPENDEN?",
    r"HERITAGE", r"SUCCESSION", r"ERBSCHAFT", r"INHERITANCE", r"ALIMONY", r"UNTERHALT", r"PENSION ALIMENTAIRE",
    r"VACANCES", r"URLAUB", r"SOUPER", r"DINNER", r"RESTO", r"DINER", r"SPLIT BILL", r"VACATION", r"UTILITIES",
    r"COVOIT\w*", r"ARGENT DE POCHE", r"POCKET MONEY", r"TASCHENGELD", r"LOTO", r"LOTERIE", r"LOTTERY", r"LOTTO",
    r"CONCERT TICKETS",
    # fees of a member, sales of things, own savings
    r"COTISATIONS?", r"(?:MITGLIEDS|VEREINS|KLUB|CLUB)BEITR\w*", r"MEMBERSHIP", r"ADHESION",
    r"VENTE (?:DE )?(?:VOITURE|VEHICULE|MEUBLES?)", r"CAR SALE", r"EPARGNE", r"SAVINGS",
    r"(?:DEPUIS|DE MON|SUR) LIVRET", r"LIVRET [A-Z]", r"TAGESGELD", r"SPARBUCH",
)  # fmt: skip
PART = re.compile(
    r"\b(?:ACOMPTE|ACPT|PARTIEL(?:LE)?|PARTIAL|DEPOSIT|INSTALL?MENT|ANZAHLUNG|RATE|TEILZAHLUNG|VERSEMENT|AVANCE"
    r"|[1-9] ?/ ?[2-9])\b"
)
BACK = re.compile(
    r"\b(?:REJET|REJETE|IMPAYE|RETOUR|RETURNED?|CHARGEBACK|REVERSAL|REVERSED|RECALL|RAPPEL DE FONDS|CONTESTATION"
    r"|DISPUTE|ANNULATION|ANNULE|RUCKLASTSCHRIFT|RUCKBUCHUNG|RUECKLASTSCHRIFT|RETOURE|STORNO|NSF|BOUNCED|UNPAID|REFUND"
    r"|REMBOURSEMENT|REMB|ERSTATTUNG|RETOURNEE?S?|(?:PROVISION|FONDS) INSUFFISANTE?S?|SANS PROVISION"
    r"|INSUFFICIENT FUNDS|DISHONOU?RED|CONTRE-?PASS\w+|EXTOURNE\w*|CHARGE BACK|RUE?CKUE?BERWEISUNG|RUE?CKGABE"
    r"|NICHT EINGELOE?ST|TERUGBOEKING|RUE?CKZAHLUNG|RUE?CKERSTATTUNG|RTD|RETD)\b"
)
_OTHER = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
# The same words in front of what they belong to in an invoice: late interest is paid with the invoice, tax is in it.
_OURS = re.compile(
    r"\b(?:INTERETS? (?:DE|MORATOIRES?|POUR) ?(?:RETARD)?|LATE (?:PAYMENT )?INTEREST|INTEREST ON|VERZUGSZINSEN"
    r"|(?:INCL\w*|PLUS|EXCL\w*|ZZGL|INKL)[. ]*(?:\d+ ?% ?)?(?:TAX|STEUERN?|UST|MWST)|TAX INVOICE|BEFORE TAX"
    r"|TAX(?:ES)? INCL\w*|(?:BALANCE|REST) (?:OF )?INTEREST|NET OF TAX)\b"
)
_CODES = frozenset(
    """
    AEMP ALMY BECH BENE BKDF BONU CASH CBTV CDQC CHAR COMM CSLP DIVD DIVI EDUC ESTX FAMI GIFT GOVI GOVT HLTI HSTX INPC
    INSC INSU INTC INTE INTX LIFI LOAN LOAR NITX PAYR PENS PPTI PTXP RDTX REBT REFU RENR RENT RINP RPRE SALA SAVG SECU
    SSBE STDY TAXR TAXS TRFD UNBE VATX WHLD
    """.split()  # noqa: SIM905 - it is read as words
)


def without_deposit(words: str) -> str:
    """Folded words less `deposit` at their beginning, which is a bank's own word for money that came."""
    return re.sub(r"^\W*(?:(?:DIRECT|MOBILE|ATM|BRANCH|CASH|E-?TRANSFER|AUTO) ?)?DEPOSIT\b", " ", words)


def speaks_of_other(words: str, purpose: str = "", names: Iterable[str] = ()) -> bool:
    """Whether the words, without the payer's own `names`, are of another purpose than an invoice.

    `purpose` is a code of the ISO 20022 list of external purposes (Purp/Cd), where the bank gives one.
    """
    if purpose in _CODES:
        return True
    plain = folded(words)
    for word in sorted({word for name in names for word in re.findall(r"[A-Z0-9]+", folded(name))}, key=len):
        plain = re.sub(rf"\b{word}\b", " ", plain)
    return _OTHER.search(_OURS.sub(" ", plain)) is not None
