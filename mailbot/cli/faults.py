"""Faults in a sentence: which of them a user can mend, and how they are told."""

import argparse


def told(fault: Exception) -> str | None:
    """The words for a fault that the user can mend, or None for a bug, whose trace is wanted."""
    from mailbot.config import ConfigFaults
    from mailbot.flows.command import CommandFault
    from mailbot.flows.enrol import EnrolFault
    from mailbot.letters import TemplateFault
    from mailbot.store.fault import StoreFault
    from mailbot.wire.imap_errors import ImapError
    from mailbot.wire.smtp_errors import SmtpError

    mendable = (ConfigFaults, CommandFault, EnrolFault, TemplateFault, StoreFault, ImapError, SmtpError)
    return f"mailbot: {fault}" if isinstance(fault, mendable) else None


def backup_hint(fault: Exception, args: argparse.Namespace) -> str | None:
    """The newest whole backup, where the database is damaged."""
    from mailbot.cli.session import settings_of
    from mailbot.config import ConfigFaults
    from mailbot.store.backup import backups_in, fault_in
    from mailbot.store.fault import StoreFault

    if not isinstance(fault, StoreFault) or "--list" not in str(fault):
        return None
    try:
        folder = settings_of(args).storage.backups
    except ConfigFaults:
        return None
    newest = next((path for path in backups_in(folder) if fault_in(path) is None), None)
    return f"The newest whole backup is {newest}." if newest else f"There is no whole backup in {folder}."


def exit_code(fault: Exception) -> int:
    """2 for what stays wrong until somebody mends it; 75 for a store that may be usable again in a moment.

    75 is EX_TEMPFAIL of sysexits.h: systemd starts the service anew after it, and not after a 2.
    """
    from mailbot.store.fault import StoreFault

    return 75 if isinstance(fault, StoreFault) and fault.passing else 2
