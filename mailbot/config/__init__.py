"""Configuration: files and environment -> frozen Settings, with all faults at once."""

from mailbot.config.faults import ConfigFaults, Fault
from mailbot.config.ladder import load_policy
from mailbot.config.load import load
from mailbot.config.places import find_config, home_config, packaged
from mailbot.config.settings import (
    Assistant,
    Business,
    ImapSection,
    Operator,
    Settings,
    SmtpSection,
    Storage,
)

__all__ = [
    "Assistant",
    "Business",
    "ConfigFaults",
    "Fault",
    "ImapSection",
    "Operator",
    "Settings",
    "SmtpSection",
    "Storage",
    "find_config",
    "home_config",
    "load",
    "load_policy",
    "packaged",
]
