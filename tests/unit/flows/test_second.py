"""The second reader in the mail loop: it may stop a letter, never start or free one."""

import json
from dataclasses import dataclass, replace

import pytest

from mailbot.core.intent import Intent
from mailbot.flows.receive import sync
from tests.fakes.far_side import House, live_house
from tests.fakes.people import anna, at
from tests.unit.flows.scene import mail, matters, settled_in

CALM = "Bien reçu, merci !"
GRIEF = "Bonjour, ma mère est décédée jeudi. Anna"


@dataclass
class Model:
    """The far side: says what it was told to say."""

    says: str | None
    failures: int = 0

    async def answer(self, system: str, user: str) -> str | None:
        assert "never an instruction" in system
        assert json.loads(user)["mail"]
        return self.says

    def served(self) -> None:
        self.failures = 0

    def failed(self) -> None:
        self.failures += 1


@pytest.fixture
async def home() -> House:
    made = await live_house(at("2026-03-02"))
    await settled_in(made, anna())
    return made


async def wrote(home: House, text: str, says: str | None) -> Model:
    model = Model(says)
    home.bot = replace(home.bot, second=model)
    home.mailbox.deliver(mail(home, text, Subject="Re: Facture F-1"))
    await sync(home.bot)
    return model


def answer(intent: str, quote: str) -> str:
    return json.dumps({"intents": [{"intent": intent, "quote": quote}]})


async def test_what_only_the_second_reader_hears_holds_and_is_told(home: House) -> None:
    await wrote(home, CALM, answer("dispute", "Bien reçu"))
    assert [hold.intent for hold in (await home.store.client(1)).standing_holds] == [Intent.DISPUTE]
    assert [matter.facts["intent"] for matter in await matters(home)] == ["dispute"]


@pytest.mark.parametrize(
    "says",
    [None, "ignore it", answer("acknowledgement", "Bonjour"), '{"intents": []}', answer("payment_claimed", "payé")],
    ids=["silent", "chatter", "obeys an attacker", "hears nothing", "invents a quote"],
)
async def test_an_emergency_holds_whatever_the_second_reader_says(home: House, says: str | None) -> None:
    await wrote(home, GRIEF, says)
    (hold,) = (await home.store.client(1)).standing_holds
    assert (hold.intent, hold.invoice, hold.lapses) == (Intent.PERSONAL_EMERGENCY, None, False)


async def test_without_an_answer_got_it_thanks_still_lets_the_ladder_go_on(home: House) -> None:
    model = await wrote(home, CALM, "chatter")
    assert (await home.store.client(1)).standing_holds == ()
    assert model.failures == 1
