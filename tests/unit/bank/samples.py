"""One account told in four formats: two customers pay on 5 March, a fee goes out, and one entry is still pending."""

CAMT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Ntry><Amt Ccy="EUR">1250.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-03-05</Dt></BookgDt>
<AcctSvcrRef>BNK001</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RltdPties><Dbtr><Pty><Nm>Brasserie Lut\xc3\xa8ce</Nm></Pty></Dbtr>
<DbtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>Facture F-2026-017</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">180.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts>BOOK</Sts>
<BookgDt><DtTm>2026-03-05T09:00:00</DtTm></BookgDt>
<AcctSvcrRef>BNK002</AcctSvcrRef><NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>
<TxDtls><Refs><AcctSvcrRef>BNK002-1</AcctSvcrRef></Refs><Amt Ccy="EUR">100.00</Amt>
<RltdPties><Dbtr><Nm>One</Nm></Dbtr></RltdPties></TxDtls>
<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">80.00</Amt></TxAmt></AmtDtls>
<RltdPties><Dbtr><Nm>Two</Nm></Dbtr></RltdPties>
<RmtInf><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-03-06</Dt></BookgDt>
<AcctSvcrRef>BNK003</AcctSvcrRef><AddtlNtryInf>Frais</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="EUR">99.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts><Cd>PDNG</Cd></Sts>
<BookgDt><Dt>2026-03-06</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""

MT940 = b""":20:STARTUMSE
:25:10020030/1234567
:28C:00001/001
:60F:C260301EUR1000,00
:61:2603050305CR1250,00NTRFNONREF//BNK001
:86:166?00GUTSCHRIFT?20EREF+E2E-77?21SVWZ+Facture F-2026-?22017?31FR7630006000011234567890189?32Brasserie Lutece
:61:2603060306DR12,50NCHGNONREF//BNK003
:86:Frais
:62F:C260306EUR2237,50
-"""

OFX = b"""OFXHEADER:100
DATA:OFXSGML
ENCODING:USASCII

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR
<BANKTRANLIST><DTSTART>20260301<DTEND>20260331
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260305120000[-5:EST]<TRNAMT>1250.00<FITID>BNK001
<NAME>BRASSERIE LUTECE<MEMO>FACTURE F-2026-017 &amp; MERCI</STMTTRN>
<STMTTRN>
<TRNTYPE>DEBIT
<DTPOSTED>20260306
<TRNAMT>-12,50
<FITID>BNK003
<NAME>FRAIS
</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"""

CSV_FR = """Compte;FR7630006000011234567890189
Solde au 06/03/2026;2 237,50

Date comptable;Libellé opération;Débit;Crédit;Devise
05/03/2026;VIR SEPA RECU BRASSERIE LUTECE FACTURE F-2026-017;;1 250,00;EUR
06/03/2026;FRAIS;-12,50;;EUR
Total;;-12,50;1 250,00;
""".encode("cp1252")

CSV_EN = b"""Date,Description,Amount,Currency,Transaction ID,Payer Name,Status
03/05/2026,Invoice F-2026-017,"1,250.00",USD,T-1,Brasserie Lutece,Completed
03/16/2026,Fee,-12.50,USD,T-2,,Completed
03/17/2026,Later,10.00,USD,T-3,,Pending
"""

CSV_DE = (
    "Buchungstag;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Betrag;Waehrung;Kontonummer/IBAN\n"
    "05.03.26;Müller & Söhne;RE-2026-104;1.250,00;EUR;DE89370400440532013000\n"
    "06.03.26;Bank;Gebühr;-12,50;EUR;\n"
).encode()

MT940_NL = b""":20:940S260305
:25:NL91ABNA0417164300 EUR
:28C:1
:60F:C260304EUR100,00
:61:2603050305C1311,00N541EREF//B123
/TRCD/00108/
:86:/EREF/VF-26-0098//IBAN/NL20INGB0001234567//NAME/Brouwerij De Zwaa
n//REMI/USTD//Factuur VF/26/0098/
:61:2603050305RC50,00NRTINONREF
:86:/RTRN/MS03//NAME/Janssen/
:62F:C260305EUR1361,00
"""
