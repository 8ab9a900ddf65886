"""The hard set: a ledger of 26 clients, and lines as banks write them, each with what must become of it.

A line is judged against the whole ledger, by itself. The shapes below say what is expected; nothing is computed by the
code under test.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailbot.bank import Claim, Entry
from mailbot.core.money import Money

SETTLE, ASK, IGNORE = "settle", "ask", "ignore"
TODAY = date(2026, 3, 20)
ISSUED = date(2026, 2, 10)


@dataclass(frozen=True)
class Line:
    """A line with the decision it must get; `truly` are the invoices that the money is for, if it is for any."""

    shape: str
    entry: Entry
    decision: str
    truly: tuple[str, ...] = ()
    must: bool = False  # a wrong answer here is a wrong settlement or a lost payment, not a matter of taste


# name, number, amount, currency, what the bank makes of the name
CLIENTS = (
    ("Brasserie Lutèce SARL", "F-2026-017", "1250.00", "EUR", "BRASSERIE LUTECE"),
    ("Atelier du Vieux Moulin", "F-2026-018", "480.00", "EUR", "SAS ATELIER DU VIEUX MOULIN"),
    ("Menuiserie Kermadec & Fils", "F-2026-021", "2340.50", "EUR", "MENUISERIE KERMADEC ET FILS"),
    ("Cabinet Dr. Élise Fontaine", "F-2026-022", "615.20", "EUR", "CABINET DR ELISE FONTAINE"),
    ("Association Les Amis du Canal", "F-2026-023", "90.00", "EUR", "ASSOC LES AMIS DU CANAL"),
    ("Müller & Söhne GmbH", "RE-2026-104", "3890.00", "EUR", "MUELLER & SOEHNE GMBH"),
    ("Jörg Weiß", "RE-2026-105", "720.00", "EUR", "JORG WEISS"),
    ("Nordlicht Verlag AG", "RE-2026-106", "1999.99", "EUR", "NORDLICHT VERLAG AG"),
    ("Van der Berg Logistics B.V.", "RE-2026-107", "5120.75", "EUR", "VAN DER BERG LOGISTICS BV"),
    ("Studio Côté Jardin inc.", "2026-0311", "1840.00", "CAD", "STUDIO COTE JARDIN INC"),
    ("Érablière Tremblay", "2026-0312", "365.45", "CAD", "ERABLIERE TREMBLAY"),
    ("Clinique Vétérinaire Rosemont", "2026-0313", "2875.00", "CAD", "CLINIQUE VETERINAIRE ROSEMONT"),
    ("Gagnon Lapointe Avocats s.e.n.c.r.l.", "2026-0314", "4600.00", "CAD", "GAGNON LAPOINTE AVOCATS SENCRL"),
    ("Northern Pine Outfitters Ltd", "INV-00871", "980.00", "CAD", "NORTHERN PINE OUTFITTERS LTD"),
    ("Harbour Lights Media", "INV-00872", "1430.25", "CAD", "HARBOUR LIGHTS MEDIA"),
    ("O'Connor Plumbing", "INV-00873", "265.00", "GBP", "O'CONNOR PLUMBING"),
    ("Thistle & Rye Ltd.", "INV-00875", "3300.00", "GBP", "THISTLE AND RYE LTD"),
    ("Greenfield Primary School", "INV-00876", "745.80", "GBP", "GREENFIELD PRIMARY SCHOOL"),
    ("Pelletier Traduction", "FA20260041", "555.55", "EUR", "PELLETIER TRADUCTION"),
    ("Boulangerie Saint-Éloi", "FA20260042", "129.90", "EUR", "BOULANGERIE SAINT ELOI"),
    ("Imprimerie Delacroix", "FA20260043", "1777.00", "EUR", "IMPRIMERIE DELACROIX"),
    ("Helvetia Optik AG", "2600451", "2150.00", "CHF", "HELVETIA OPTIK AG"),
    ("Garage Corbaz Sàrl", "2600452", "834.35", "CHF", "GARAGE CORBAZ SARL"),
    ("Brouwerij De Zwaan", "VF/26/0098", "1311.00", "EUR", "BROUWERIJ DE ZWAAN"),
    ("Librairie Mollat-Perrin", "VF/26/0099", "402.10", "EUR", "LIBRAIRIE MOLLAT PERRIN"),
    ("Claire Marchand", "VF/26/0100", "850.00", "EUR", "MME CLAIRE MARCHAND"),
)
# One client owes four, one pays the same each month, one has paid already.
MORE = (
    ("Théâtre des Carmes", "F-2026-031", "300.00", "EUR", True),
    ("Théâtre des Carmes", "F-2026-032", "450.00", "EUR", True),
    ("Théâtre des Carmes", "F-2026-033", "700.00", "EUR", True),
    ("Théâtre des Carmes", "F-2026-034", "1111.00", "EUR", True),
    ("Yoga Lumen", "F-2026-041", "200.00", "EUR", True),
    ("Yoga Lumen", "F-2026-042", "200.00", "EUR", True),
    ("Hôtel Bellerive", "F-2026-051", "1600.00", "EUR", False),
    ("Hôtel Bellerive", "F-2026-052", "910.00", "EUR", True),
    ("Martin Conseil", "F-2026-061", "2020.00", "EUR", True),
    ("Martin", "F-2026-062", "1515.00", "EUR", True),
)


def ledger() -> list[Claim]:
    """What is owed on the day."""
    codes: dict[str, int] = {}
    claims = []
    rows = [(name, number, amount, currency, True) for name, number, amount, currency, _ in CLIENTS]
    for name, number, amount, currency, live in (*rows, *MORE):
        client = codes.setdefault(name, len(codes) + 1)
        money = Money.of(amount, currency)
        balance = money if live else Money.of(0, currency)
        paid_on = None if live else date(2026, 3, 2)
        claims.append(Claim(number, client, money, balance, (name,), (), frozenset(), ISSUED, paid_on, live))
    return claims


def line(  # noqa: PLR0917 - a line of a statement in the order of its columns
    shape: str, amount: str | Decimal, currency: str, payer: str, text: str, decision: str, *truly: str,
    reference: str = "", must: bool = False, reversal: bool = False,
) -> Line:  # fmt: skip
    entry = Entry(shape, TODAY, Money.of(amount, currency), payer, "", reference, text, reversal)
    return Line(shape, entry, decision, truly, must)


def per_client() -> Iterator[Line]:
    """Shapes that any client's payment may have."""
    others = [(*CLIENTS[(i + 7) % len(CLIENTS)],) for i in range(len(CLIENTS))]
    for (name, number, amount, currency, banked), other in zip(CLIENTS, others, strict=True):
        plain = "".join(c for c in number if c.isalnum())
        spaced = " ".join(part for part in number.replace("/", "-").split("-"))
        whole = Decimal(amount)
        yield line("number and amount", amount, currency, banked, f"FACTURE {number} MERCI", SETTLE, number)
        yield line("number run together", amount, currency, banked, f"PAIEMENT{' '}{plain}", SETTLE, number)
        yield line("number with blanks", amount, currency, banked, f"Rechnung {spaced} vom 10.02.", SETTLE, number)
        yield line("only a label", amount, currency, "", f"VIR SEPA {banked} FACT {number}", SETTLE, number)
        yield line("payer and amount", amount, currency, banked, "VIREMENT", SETTLE, number)
        yield line("payer with full name", amount, currency, name.upper(), "TRANSFER THANK YOU", SETTLE, number)
        yield line("paid by another", amount, currency, "HOLDING ZETA 9", f"INVOICE {number}", SETTLE, number)
        yield line("end-to-end reference", amount, currency, banked, "", SETTLE, number, reference=plain)
        yield line("fees kept", whole - Decimal("4.00"), currency, banked, f"INV {number} OUR/SHA", SETTLE, number)
        yield line("half of it", round(whole / 2, 2), currency, banked, f"ACOMPTE {number}", SETTLE, number)
        slipped = plain[:-2] + ("7" if plain[-2] != "7" else "4") + plain[-1]
        yield line("a slip in the number", amount, currency, banked, f"facture {slipped}", SETTLE, number)
        # false friends
        yield line("tax refund of the amount", amount, currency, "DGFIP FINANCES PUBLIQUES",
                   "REMBOURSEMENT CREDIT TVA 012026", IGNORE, must=True)  # fmt: skip
        yield line("a stranger's equal amount", amount, currency, "QUENTIN ABADIE", "VIREMENT", ASK, must=True)
        yield line("other client's number", amount, currency, other[4], f"FACTURE {number}X", ASK, must=True)
        yield line("twice the amount", whole * 2, currency, banked, f"FACTURE {number}", ASK, must=True)
        yield line("rent of the same amount, out", -whole, currency, "SCI DES LILAS", "LOYER MARS", IGNORE, must=True)


def by_hand() -> Iterator[Line]:
    """What happens once a year, and to everybody."""
    eur = "EUR"
    carmes = "THEATRE DES CARMES"
    yield line("two named", "750.00", eur, carmes, "F-2026-031 ET F-2026-032", SETTLE, "F-2026-031", "F-2026-032")
    yield line("two named in short", "750.00", eur, carmes, "FACT F-2026-031/032", SETTLE, "F-2026-031", "F-2026-032")
    yield line("three named in short", "1450.00", eur, carmes, "F-2026-031, 032 et 033", SETTLE,
               "F-2026-031", "F-2026-032", "F-2026-033")  # fmt: skip
    yield line("all, unnamed", "2561.00", eur, carmes, "SOLDE DE TOUT COMPTE", SETTLE,
               "F-2026-031", "F-2026-032", "F-2026-033", "F-2026-034")  # fmt: skip
    yield line("a set, unnamed", "1811.00", eur, carmes, "VIREMENT", SETTLE, "F-2026-033", "F-2026-034")
    yield line(
        "a set, unnamed, in a label", "1150.00", eur, "", f"VIR INST {carmes}", SETTLE, "F-2026-032", "F-2026-033"
    )
    yield line("two named, sum differs", "760.00", eur, carmes, "F-2026-031 F-2026-032", ASK, must=True)
    yield line("fits no set", "999.00", eur, carmes, "VIREMENT", ASK, must=True)
    yield line("a set and a stranger", "750.00", eur, "OLGA PETIT", "VIREMENT", IGNORE, must=True)
    yield line("two equal, none named", "200.00", eur, "YOGA LUMEN", "COTISATION", ASK, must=True)
    yield line("two equal, one named", "200.00", eur, "YOGA LUMEN", "F-2026-042", SETTLE, "F-2026-042")
    yield line(
        "two equal, both paid", "400.00", eur, "YOGA LUMEN", "FEVRIER + MARS", SETTLE, "F-2026-041", "F-2026-042"
    )
    yield line("paid before", "1600.00", eur, "HOTEL BELLERIVE", "F-2026-051", ASK, must=True)
    yield line("paid before, unnamed", "1600.00", eur, "HOTEL BELLERIVE", "VIREMENT", ASK, must=True)
    yield line("paid before, other pays", "1600.00", eur, "AGENCE RIVAGE", "F-2026-051", ASK, must=True)
    yield line("next to a paid one", "910.00", eur, "HOTEL BELLERIVE", "F-2026-052", SETTLE, "F-2026-052")
    yield line("both, one paid already", "2510.00", eur, "HOTEL BELLERIVE", "F-2026-051 F-2026-052", ASK, must=True)
    yield line("half a name", "2020.00", eur, "MARTIN", "VIREMENT", ASK, must=True)
    yield line("more than the name", "1515.00", eur, "PAULINE MARTIN", "CADEAU", ASK, must=True)
    yield line("a name's neighbour", "1515.00", eur, "MARTINS", "VIREMENT", ASK, must=True)
    yield line("the short name itself", "1515.00", eur, "M. MARTIN", "VIREMENT", SETTLE, "F-2026-062")
    yield line("number of a stranger", "77.00", eur, "ACME SUPPLIES", "INVOICE F-2026-017", ASK, must=True)
    yield line("unknown number like ours", "1250.00", eur, "BRASSERIE LUTECE", "FACTURE F-2025-903", ASK, must=True)
    yield line("other currency", "1250.00", "USD", "BRASSERIE LUTECE", "F-2026-017", ASK, must=True)
    yield line("other currency, unnamed", "1250.00", "USD", "BRASSERIE LUTECE", "WIRE", ASK, must=True)
    yield line("client back from a refund", "1250.00", eur, "BRASSERIE LUTECE", "REMBOURSEMENT NOTE DE FRAIS", ASK,
               must=True)  # fmt: skip
    yield line("chargeback", "-1600.00", eur, "HOTEL BELLERIVE", "REJET VIR F-2026-051", ASK, must=True)
    yield line("chargeback, unnamed", "-1600.00", eur, "HOTEL BELLERIVE", "RETOUR SEPA", ASK, must=True)
    yield line("reversal flag", "-1600.00", eur, "", "F-2026-051", ASK, must=True, reversal=True)
    yield line("refund to a client", "-1600.00", eur, "HOTEL BELLERIVE", "AVOIR", ASK, must=True)
    yield line("fee", "-12.50", eur, "", "FRAIS DE TENUE DE COMPTE", IGNORE, must=True)
    yield line("supplier with our number", "-1250.00", eur, "PAPETERIE NORD", "FACTURE F-2026-017", IGNORE, must=True)
    yield line("interest", "0.83", eur, "", "INTERETS CREDITEURS", IGNORE, must=True)
    yield line("salary", "2411.00", eur, "LYCEE JEAN MOULIN", "SALAIRE MARS", IGNORE, must=True)
    yield line("own transfer", "1250.00", eur, "NOEMIE GAGNON", "VIREMENT INTERNE EPARGNE", ASK, must=True)
    yield line("urssaf", "480.00", eur, "URSSAF ILE DE FRANCE", "REMB COTISATIONS", IGNORE, must=True)
    yield line("finanzamt", "720.00", eur, "FINANZAMT KOELN-MITTE", "ERSTATTUNG UST 01/26", IGNORE, must=True)
    yield line("hmrc", "3300.00", "GBP", "HMRC VTR", "VAT REFUND", IGNORE, must=True)
    yield line("revenu quebec", "1840.00", "CAD", "REVENU QUEBEC", "TPS/TVQ", IGNORE, must=True)
    yield line("label of a tax office", "2875.00", "CAD", "", "DEPOT DIRECT GOUV CANADA REMB GST", IGNORE, must=True)
    yield line("tax office names a number", "1250.00", eur, "DGFIP", "F-2026-017", ASK, must=True)
    yield line("discount", "1225.00", eur, "BRASSERIE LUTECE", "F-2026-017 ESCOMPTE 2%", SETTLE, "F-2026-017")
    yield line("recovery added", "1290.00", eur, "BRASSERIE LUTECE", "F-2026-017 + 40", SETTLE, "F-2026-017")
    yield line("cents more", "1250.40", eur, "BRASSERIE LUTECE", "F-2026-017", SETTLE, "F-2026-017")
    yield line("far too much", "9250.00", eur, "BRASSERIE LUTECE", "F-2026-017", ASK, must=True)
    yield line("fees, unnamed", "1245.00", eur, "BRASSERIE LUTECE", "VIREMENT", ASK, must=True)
    yield line("part, unnamed", "600.00", eur, "BRASSERIE LUTECE", "ACOMPTE", ASK, must=True)
    yield line("part of a stranger", "600.00", eur, "ACME SUPPLIES", "ACOMPTE F-2026-017", ASK, must=True)
    yield line("name only in the text", "1250.00", eur, "AGENCE VOYAGE", "SOIREE BRASSERIE LUTECE", ASK, must=True)
    yield line("a longer number", "1250.00", eur, "QUENTIN ABADIE", "REF F-2026-0177", ASK, must=True)
    yield line("one's number, the other's amount", "450.00", eur, carmes, "F-2026-033", ASK, must=True)
    yield line("a date like a number", "365.45", "CAD", "QUENTIN ABADIE", "VIREMENT DU 2026-03-12", ASK, must=True)
    yield line("a day run together", "365.45", "CAD", "QUENTIN ABADIE", "REF 20260312", ASK, must=True)
    yield line("a number like a date", "365.45", "CAD", "ERABLIERE TREMBLAY", "2026-0312", SETTLE, "2026-0312")
    yield line("cued number of another", "1250.00", eur, "BRASSERIE LUTECE", "FACTURE 4711-88", ASK, must=True)
    yield line("cued day", "1250.00", eur, "BRASSERIE LUTECE", "FACTURE 10/02/2026", SETTLE, "F-2026-017")
    yield line("cued month", "1250.00", eur, "BRASSERIE LUTECE", "FACTURE 02/2026", SETTLE, "F-2026-017")
    yield line("last digits tell two apart", "200.00", eur, "YOGA LUMEN", "FACTURE 42", SETTLE, "F-2026-042")
    yield line("last digits with a number sign", "200.00", eur, "YOGA LUMEN", "facture n° 041", SETTLE, "F-2026-041")
    yield line("number in a refund by another", "1250.00", eur, "ASSUR PLUS", "REMB F-2026-017", ASK, must=True)
    yield line("with the tax in words", "1250.00", eur, "", "VIREMENT F-2026-017 TVA INCLUSE", SETTLE, "F-2026-017")
    yield line("an insurer's file number", "1840.00", "CAD", "POLE ASSURANCES", "SINISTRE 20260311", ASK, must=True)
    yield line("another's customer number", "2150.00", "CHF", "QUENTIN ABADIE", "KD 2600451", ASK, must=True)
    yield line("our number by another, with the word", "2150.00", "CHF", "QUENTIN ABADIE", "RECHNUNG 2600451", SETTLE,
               "2600451")  # fmt: skip
    yield line("slip by a stranger", "1250.00", eur, "QUENTIN ABADIE", "F-2026-071", ASK, must=True)
    yield line("zero left out", "1250.00", eur, "BRASSERIE LUTECE", "F-2026-17", SETTLE, "F-2026-017")
    yield line("letter left out", "1250.00", eur, "BRASSERIE LUTECE", "2026-017", SETTLE, "F-2026-017")
    yield line("impots", "1250.00", eur, "SIE PARIS 9E", "REMBT TVA", IGNORE, must=True)
    yield line("cra", "980.00", "CAD", "CANADA REVENUE AGENCY", "GST REFUND", IGNORE, must=True)
    yield line("a payout", "1250.00", eur, "STRIPE PAYMENTS EUROPE", "STRIPE PAYOUT", ASK, must=True)
    yield line("a town behind the name", "1250.00", eur, "BRASSERIE LUTECE PARIS", "VIREMENT", ASK, must=True)
    yield line("a name cut off", "2875.00", "CAD", "CLINIQUE VETERINAIRE ROSE", "DEPOT", SETTLE, "2026-0313")
    yield line("surname first", "850.00", eur, "MARCHAND CLAIRE", "virement", SETTLE, "VF/26/0100")
    yield line("rf reference", "1250.00", eur, "X", "", SETTLE, "F-2026-017", reference=rf("F2026017"))
    yield line("rf in groups", "480.00", eur, "X", groups(rf("F2026018"), 4), SETTLE, "F-2026-018")
    yield line("rf, wrong check", "1250.00", eur, "X", "RF00F2026017", SETTLE, "F-2026-017")
    yield line("qrr", "2150.00", "CHF", "X", "", SETTLE, "2600451", reference=qrr("2600451"))
    yield line("qrr in groups", "834.35", "CHF", "X", qrr("2600452"), SETTLE, "2600452")
    yield line("qrr, part", "400.00", "CHF", "GARAGE CORBAZ SARL", qrr("2600452"), SETTLE, "2600452")
    yield line("ogm", "1311.00", eur, "X", ogm("260098"), SETTLE, "VF/26/0098")
    yield line("ogm in a sentence", "402.10", eur, "X", f"MEDEDELING {ogm('260099')} DANK", SETTLE, "VF/26/0099")


def rf(text: str) -> str:
    """ISO 11649, written anew here: 98 less the remainder of text, RF and 00 as digits."""
    value = int("".join(str(int(sign, 36)) for sign in text + "RF00"))
    return f"RF{98 - value % 97:02d}{text}"


def groups(text: str, size: int) -> str:
    return " ".join(text[i : i + size] for i in range(0, len(text), size))


def qrr(digits: str) -> str:
    table = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5]
    body = digits.zfill(26)
    carry = 0
    for digit in body:
        carry = table[(carry + int(digit)) % 10]
    return body + str((10 - carry) % 10)


def ogm(digits: str) -> str:
    body = digits.zfill(10)
    whole = f"{body}{int(body) % 97 or 97:02d}"
    return f"+++{whole[:3]}/{whole[3:7]}/{whole[7:]}+++"


def hard_set() -> list[Line]:
    """All of it."""
    return [*per_client(), *by_hand()]
