"""Statements as some banks write them, whose shape misled the reader: each keeps its lines, sides and payers."""

from decimal import Decimal

from mailbot.bank.statement import read_statement

DESJARDINS = (
    '"Studio","815001234","EOP","2026/10/02",00001,"Virement Interac de /Gestion Roy /1041","",,1149.75,,,,,6149.75\r\n'
    '"Studio","815001234","EOP","2026/10/05",00002,"Depot direct /TREMBLAY","",,574.88,,,,,6724.63\r\n'
    '"Studio","815001234","EOP","2026/10/06",00003,"Depot direct /VILLE","",,100.00,,,,,6824.63\r\n'
    '"Studio","815001234","EOP","2026/10/07",00004,"Depot direct /AUTRE","",,200.00,,,,,7024.63\r\n'
    '"Studio","815001234","EOP","2026/10/13",00005,"Retrait au GA","",287.44,,,,,,6737.19\r\n'
    '"Studio","815001234","EOP","2026/10/14",00006,"Depot direct /COOP","",,50.00,,,,,6787.19\r\n'
)
MT940 = ":20:S\r\n:25:{iban}\r\n:28C:1/1\r\n:60F:C261001EUR100,00\r\n{lines}:62F:C261121EUR200,00\r\n-"


def _amounts(text: str) -> list[Decimal]:
    return [entry.amount.amount for entry in read_statement(text.encode(), "CAD").entries]


def test_a_nameless_table_keeps_its_deposits_where_withdrawals_are_rare() -> None:
    """One withdrawal among five deposits does not make it the only amount."""
    came = [Decimal(one) for one in ("1149.75", "574.88", "100.00", "200.00", "-287.44", "50.00")]
    assert _amounts(DESJARDINS) == came


def test_a_nameless_table_of_two_sides_may_fill_the_other_side_with_nought() -> None:
    rows = [f"10/{day:02}/2026,SHOP {day},0.00,{day}.50,{100 + day}.00" for day in range(1, 12)]
    rows.append("10/12/2026,RENT,500.00,0.00,-388.00")
    assert _amounts("\n".join(rows))[-1] == Decimal("-500.00")
    assert _amounts("\n".join(rows))[0] == Decimal("1.50")


def test_the_balance_below_a_nameless_table_is_no_movement() -> None:
    """LCL ends its export with a line of the day, the balance and the account."""
    rows = [f"{day:02}/11/2026;{day},50;Virement;;VIR CLIENT {day};;;" for day in (2, 3, 4)]
    rows.append("21/11/2026;1234,56;;;;01234 012345A;;")
    assert _amounts("\n".join(rows)) == [Decimal("2.5"), Decimal("3.5"), Decimal("4.5")]


def test_a_quotation_mark_that_nobody_closed_swallows_no_lines() -> None:
    text = 'Date;Label;Amount\n02/11/2026;A;10,00\n03/11/2026;"MAISON BLEUE;20,00\n14/11/2026;"C; D";30,00\n'
    entries = read_statement(text.encode(), "EUR").entries
    assert [(one.amount.amount, one.text) for one in entries] == [
        (Decimal("10.00"), "A"),
        (Decimal("20.00"), '"MAISON BLEUE'),
        (Decimal("30.00"), "C; D"),
    ]


def test_a_text_of_several_lines_stays_one_cell() -> None:
    text = 'Date;Label;Amount\n02/11/2026;"A\nB; C";10,00\n03/11/2026;D;20,00\n'
    assert [one.text for one in read_statement(text.encode(), "EUR").entries] == ["A B; C", "D"]


def test_a_column_of_plus_and_minus_says_which_way_the_money_went() -> None:
    text = "Datum;Tekst;Bedrag;+/-\n02-11-2026;Een;1.250,00;+\n03-11-2026;Twee;42,10;-\n16-11-2026;Drie;300,00;+\n"
    assert _amounts(text) == [Decimal(1250), Decimal("-42.10"), Decimal(300)]


def test_the_name_of_the_other_side_is_preferred_to_its_account() -> None:
    """BNP Paribas Fortis calls the account `Contrepartie`, and has another column for the name."""
    text = (
        "Date d'exécution;Montant;Devise du compte;Contrepartie;Nom de la contrepartie;Communication\n"
        "16/11/2026;300,00;EUR;BE71 0961 2345 6769;Brasserie Lambic;26310\n"
    )
    assert [entry.payer for entry in read_statement(text.encode(), "EUR").entries] == ["Brasserie Lambic"]


def test_a_number_of_an_account_is_no_payer() -> None:
    """Commerzbank has a column `Auftraggeberkonto`: the payer's name stands in the text, and is looked for there."""
    text = (
        "Buchungstag;Wertstellung;Buchungstext;Betrag;Währung;Auftraggeberkonto\n"
        "12.10.2026;12.10.2026;Mueller Bau GmbH Rechnung 26306;2856,00;EUR;1234567\n"
    )
    assert [entry.payer for entry in read_statement(text.encode(), "EUR").entries] == [""]


def test_the_other_side_of_an_ing_statement_is_read() -> None:
    """ING writes /CNTP/account/BIC/name/city."""
    lines = (
        ":61:2610051005C1210,00NTRFEREF//260001\r\n"
        ":86:/EREF/NOTPROVIDED//CNTP/NL91ABNA0417164300/ABNANL2A/Van den Berg NV//\r\n"
        "/REMI/USTD//26304/\r\n"
    )
    (entry,) = read_statement(MT940.format(iban="NL02INGB0000012345", lines=lines).encode(), "EUR").entries
    assert (entry.payer, entry.payer_iban) == ("Van den Berg NV", "NL91ABNA0417164300")


def test_a_german_payer_in_capitals_keeps_its_first_word() -> None:
    """The library runs account and name together; the length of an IBAN tells where the name begins."""
    lines = (
        ":61:2611021102C2856,00NTRFNONREF//260001\r\n"
        ":86:166?00GUTSCHRIFT?109310?20SVWZ+RE 26307?30COBADEFFXXX?31DE8937040044053201\r\n"
        "3000?32MUELLER + BAUER GBR\r\n"
    )
    (entry,) = read_statement(MT940.format(iban="DE89370400440532013000", lines=lines).encode(), "EUR").entries
    assert (entry.payer, entry.payer_iban) == ("MUELLER + BAUER GBR", "DE89370400440532013000")
