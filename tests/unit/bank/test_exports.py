"""Exports of banks as they come: with and without names of columns, preambles, signs, balances and disclaimers."""
# ruff: noqa: E501 - banks write long lines

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.bank import StatementFault, read_statement
from tests.unit.bank.samples import CAMT, CSV_DE, CSV_FR, MT940, OFX

EXPORTS = (
    pytest.param(
        '"Caisse Pop","0912345","EOP","2026/03/05",00012,"Virement Interac de /Studio Côté Jardin inc.","","","1840.00","","","","","5840.00"\n'
        '"Caisse Pop","0912345","EOP","2026/03/06",00013,"Frais fixes d\'utilisation","","12.95","","","","","","5827.05"\n'
        '"Caisse Pop","0912345","EOP","2026/03/09",00014,"Achat /BUREAU EN GROS","","45.00","","","","","","5782.05"\n',
        "utf-8",
        "CAD",
        ["1840.00", "-12.95", "-45.00"],
        id="Desjardins: no header, seven columns of money",
    ),
    pytest.param(
        "03/05/2026,E-TRANSFER ***Abc NORTHERN PINE,,980.00,1980.00\n03/06/2026,MONTHLY FEE,11.95,,1968.05\n",
        "utf-8",
        "CAD",
        ["980.00", "-11.95"],
        id="TD: no header, debit before credit, balance last",
    ),
    pytest.param(
        '05/03/2026,"CR O CONNOR PLUMBING INV-00873","265.00"\n'
        '04/03/2026,"DD BRITISH GAS","-88.10"\n'
        '13/03/2026,"CR X","1,265.00"\n',
        "utf-8",
        "GBP",
        ["265.00", "-88.10", "1265.00"],
        id="HSBC: no header, signed",
    ),
    pytest.param(
        '"03/05/2026","1430.25","*","","HARBOUR LIGHTS MEDIA INV-00872"\n"03/06/2026","-20.00","*","","SERVICE FEE"\n',
        "utf-8",
        "USD",
        ["1430.25", "-20.00"],
        id="Wells Fargo: no header, quoted",
    ),
    pytest.param(
        "05/03/2026;1250,00;Virement;;VIR SEPA BRASSERIE LUTECE F-2026-017;;\n06/03/2026;-12,00;Frais;;COTISATION;;\n",
        "utf-8",
        "EUR",
        ["1250.00", "-12.00"],
        id="LCL: no header, decimal commas",
    ),
    pytest.param(
        "Téléchargement du 10/03/2026;\n"
        "\n"
        "M. DUPONT JEAN;\n"
        "Compte courant carte n° 1234567;\n"
        "Solde au 10/03/2026 5 000,00 €\n"
        "\n"
        "Liste des opérations du compte entre le 01/03/2026 et le 10/03/2026;\n"
        "\n"
        "Date;Libellé;Débit euros;Crédit euros;\n"
        '05/03/2026;"VIREMENT EN VOTRE FAVEUR\n'
        "BRASSERIE LUTECE\n"
        'FACTURE F-2026-017 ";;1 250,00;\n'
        '06/03/2026;"PRELEVEMENT\n'
        'EDF ";85,20;;\n',
        "cp1252",
        "EUR",
        ["1250.00", "-85.20"],
        id="Crédit Agricole: preamble, labels of several lines, Windows-1252",
    ),
    pytest.param(
        "dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;accountLabel;accountbalance\n"
        '2026-03-05;2026-03-05;"VIR BRASSERIE LUTECE";"Virements reçus";"Virements";"";"1 250,00";"";00040;BOURSOBANK;"5000.00"\n'
        '2026-03-06;2026-03-06;"CARTE 05/03 SNCF";"Transport";"Auto";"";"-30,00";"";00040;BOURSOBANK;"5000.00"\n',
        "utf-8",
        "EUR",
        ["1250.00", "-30.00"],
        id="Boursorama: commas in amounts, points in balances",
    ),
    pytest.param(
        "Description,,Summary Amt.\n"
        'Beginning balance as of 03/01/2026,,"1,000.00"\n'
        'Total credits,,"1,430.25"\n'
        'Total debits,,"-20.00"\n'
        'Ending balance as of 03/31/2026,,"2,410.25"\n'
        "\n"
        "Date,Description,Amount,Running Bal.\n"
        '03/01/2026,Beginning balance as of 03/01/2026,,"1,000.00"\n'
        '03/05/2026,"HARBOUR LIGHTS MEDIA DES:INV-00872","1,430.25","2,430.25"\n'
        '03/06/2026,"FEE","-20.00","2,410.25"\n',
        "utf-8",
        "USD",
        ["1430.25", "-20.00"],
        id="Bank of America: a summary table above",
    ),
    pytest.param(
        '"Girokonto";"DE89370400440532013000"\n'
        '""\n'
        '"Kontostand vom 10.03.2026:";"5.000,00 €"\n'
        '""\n'
        '"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"\n'
        '"05.03.26";"05.03.26";"Gebucht";"Müller & Söhne GmbH";"Ich";"RE-2026-104";"Eingang";"DE02120300000000202051";"3.890,00";"";"";""\n'
        '"06.03.26";"06.03.26";"Gebucht";"Ich";"Telekom";"Rechnung";"Ausgang";"DE03";"-40";"";"";""\n',
        "utf-8",
        "EUR",
        ["3890.00", "-40.00"],
        id="DKB: two-digit years, whole amounts without cents",
    ),
    pytest.param(
        "Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In\n"
        "tx_1,05/03/2026,10:00:00,Faster payment,O Connor Plumbing,,Income,265.00,GBP,265.00,GBP,INV-00873,,,INV-00873,,,265.00\n",
        "utf-8",
        "GBP",
        ["265.00"],
        id="Monzo: many columns of which few matter",
    ),
    pytest.param(
        '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen"\n'
        '"20260305";"Brouwerij De Zwaan";"NL91ABNA0417164300";"NL20INGB0001234567";"OV";"Bij";"1311,00";"Overschrijving";"Factuur VF/26/0098"\n'
        '"20260306";"Bank";"NL91ABNA0417164300";"";"BA";"Af";"2,10";"Kosten";"kosten"\n',
        "utf-8",
        "EUR",
        ["1311.00", "-2.10"],
        id="ING: direction in a column of its own",
    ),
    pytest.param(
        "Date,Description,Amount,Balance\n"
        "2026-03-01,Opening deposit,100.00,100.00\n"
        "2026-03-05,ACME PAYMENT INV-1,50.00,150.00\n"
        "2026-03-06,RENT,80.00,70.00\n"
        "2026-03-07,FEE,10.00,60.00\n",
        "utf-8",
        "USD",
        ["100.00", "50.00", "-80.00", "-10.00"],
        id="amounts without signs, explained by the balance",
    ),
    pytest.param(
        "Datum von:;2026-03-01\n"
        "Datum bis:;2026-03-31\n"
        "Konto:;CH9300762011623852957\n"
        "Währung:;CHF\n"
        "\n"
        "Datum;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Valuta;Saldo in CHF\n"
        '05.03.2026;"GUTSCHRIFT AUFTRAGGEBER: HELVETIA OPTIK AG MITTEILUNGEN: 2600451";2150.00;;05.03.2026;7150.00\n'
        '06.03.2026;"MIETE";;-1200.00;06.03.2026;5950.00\n'
        "\n"
        "Disclaimer:;\n"
        "Dies ist kein Beleg\n",
        "utf-8",
        "EUR",
        ["2150.00", "-1200.00"],
        id="PostFinance: currency above the table, disclaimer below",
    ),
    pytest.param(
        "Date\tDescription\tAmount\tCurrency\n2026-03-05\tACME\t12.00\tUSD\n",
        "utf-16",
        "USD",
        ["12.00"],
        id="UTF-16 with tabs",
    ),
    pytest.param(
        "Date opération;Libellé;Montant\n05/03/2026;VIR ACME;1.250,00\n06/03/2026;ACHAT;(45,10)\n",
        "utf-8",
        "EUR",
        ["1250.00", "-45.10"],
        id="brackets for minus",
    ),
    pytest.param(
        "2026-03-05;VIR ACME F-2026-017;1250,00\n",
        "utf-8",
        "EUR",
        ["1250.00"],
        id="one line and no header",
    ),
    pytest.param(
        '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Item Title","Invoice Number","Balance"\n'
        '"03/05/2026","10:00:00","PST","Harbour Lights","Mobile Payment","Completed","USD","1,430.25","-41.78","1,388.47","a@b.c","d@e.f","8AB","","INV-00872","1,388.47"\n'
        '"03/06/2026","10:00:00","PST","","General Withdrawal","Pending","USD","-1,000.00","0.00","-1,000.00","","","9AB","","","388.47"\n',
        "utf-8",
        "USD",
        ["1430.25"],
        id="PayPal: gross, and a pending line",
    ),
)


@pytest.mark.parametrize(("text", "codec", "currency", "amounts"), EXPORTS)
def test_every_movement_is_read_with_its_sign(text: str, codec: str, currency: str, amounts: list[str]) -> None:
    statement = read_statement(text.encode(codec), currency)
    assert statement.faults == ()
    assert sorted(str(entry.amount.amount) for entry in statement.entries) == sorted(amounts)
    assert {entry.booked_on.year for entry in statement.entries} == {2026}
    assert {entry.booked_on.month for entry in statement.entries} == {3}


def test_a_line_that_goes_on_below_belongs_to_the_movement_above() -> None:
    table = b"Date;Label;Amount\n2026-03-05;VIR ACME;12,00\n;FACTURE F-2026-017;\n2026-03-06;X;1,00\n"
    assert [entry.text for entry in read_statement(table, "EUR").entries] == ["VIR ACME FACTURE F-2026-017", "X"]


def test_a_label_in_another_language_is_read_as_words() -> None:
    table = b"Fecha;Concepto;Importe;Saldo\n05/03/2026;TRANSFERENCIA DE ACME F-2026-017;12,00;112,00\n"
    (entry,) = read_statement(table, "EUR").entries
    assert (str(entry.amount), entry.text) == ("12.00 EUR", "TRANSFERENCIA DE ACME F-2026-017")


def test_a_header_that_nobody_knows_is_no_movement() -> None:
    table = b"Data;Opis;Kwota\n2026-03-05;ACME F-2026-017;12,00\n"
    statement = read_statement(table, "EUR")
    assert [(str(e.amount), e.text) for e in statement.entries] == [("12.00 EUR", "ACME F-2026-017")]
    assert statement.faults == ()


def test_a_person_may_say_which_column_holds_what() -> None:
    table = b"a;b;c;d\n2026-03-05;1,00;12,00;ACME\n"
    told = {"booked_on": (0,), "amount": (2,), "text": (3,)}
    (entry,) = read_statement(table, "EUR", told=told).entries
    assert (str(entry.amount), entry.text) == ("12.00 EUR", "ACME")
    statement = read_statement(table, "EUR", told=told)
    again = read_statement(table, "EUR", known={statement.layout: statement.where})
    assert again.entries == statement.entries


SEEDS = (CAMT, MT940, OFX, CSV_FR, CSV_DE)


@settings(max_examples=300)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 30), st.binary(max_size=8)), max_size=4),
)
def test_a_damaged_statement_is_a_fault_and_never_an_accident(seed: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    for at, length, put in cuts:
        seed = seed[:at] + put + seed[at + length :]
    told = "it was read"
    try:
        read_statement(seed, "EUR")
    except StatementFault as fault:
        told = str(fault)
    assert told


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        pytest.param(b"%PDF-1.7\n", "is a PDF, made for reading", id="a PDF"),
        pytest.param(b"PK\x03\x04rest", "is a spreadsheet or an archive", id="a spreadsheet"),
        pytest.param(b"!Type:Bank\nD3/5'26\nT12.00\n^\n", "is a QIF file", id="a QIF file"),
        pytest.param(
            b"<html><body>Login</body></html>", "is XML, and no CAMT statement", id="a page that asks to log in"
        ),
        pytest.param(b'{"a": 1}', "cannot be guessed", id="something else"),
        pytest.param(
            b":20:X\n:25:1\n:28C:1\n:60F:C260301EUR1,00\n:61:26030NOTADATE\n:86:x\n:62F:C260301EUR1,00\n",
            "line 5: is no MT940 that can be read: this movement has no day",
            id="an MT940 with a broken movement",
        ),
        pytest.param(
            b'<Document><BkToCstmrStmt><Stmt>\n<Ntry><Amt Ccy="EUR">ten</Amt></Ntry></Stmt></BkToCstmrStmt></Document>',
            "line 2: has an entry without a date or an amount",
            id="a CAMT with a broken amount",
        ),
    ],
)
def test_what_is_no_statement_is_named_for_what_it_is_and_where(octets: bytes, words: str) -> None:
    with pytest.raises(StatementFault, match=words):
        read_statement(octets, "EUR")
