"""Bank statements: octets to entries to proposals. Pure: no network, no database, no file."""

from mailbot.bank.claims import Claim, Proposal, Share, Told, Verdict
from mailbot.bank.entry import Entry, Statement, StatementFault
from mailbot.bank.matching import Matcher
from mailbot.bank.statement import read_statement

__all__ = [
    "Claim",
    "Entry",
    "Matcher",
    "Proposal",
    "Share",
    "Statement",
    "StatementFault",
    "Told",
    "Verdict",
    "read_statement",
]
