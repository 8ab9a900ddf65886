"""Payment notices: what payment services and banks write when money moves. Pure: templates are data, handed in."""

from mailbot.notices.lines import Part, part_of
from mailbot.notices.read import read_notice
from mailbot.notices.template import Catalogue, Provider, ProviderFault, provider_of

__all__ = ["Catalogue", "Part", "Provider", "ProviderFault", "part_of", "provider_of", "read_notice"]
