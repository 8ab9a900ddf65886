"""Fine-tune the network: `python -m mailbot.reading.finetune --corpus FOLDER --out mailbot/reading/weights`.

Needs torch (any build for the processor) and the encoder's package, which reading never does. Starts from the
encoder's own weights, trains all of them but the table of word pieces on primary intents, on all intents of a mail and
on holds, and writes `body.npz` with its checksum. With `--unseen FILE` it first trains once without each pair of
authors and writes what those networks say of the mails that they had not read: `mailbot.reading.train` sets its
thresholds on that. The same seed, corpus and torch give the same weights; half an hour on one core.
"""

import argparse
import hashlib
import importlib
import math
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from mailbot.reading import model_body, model_table
from mailbot.reading.model import BODY, BODY_CHECKSUM
from mailbot.reading.model_body import EPSILON, LOUD, MOST_PIECES, Heard
from mailbot.reading.model_features import INTENTS, Floats
from mailbot.reading.model_shrink import source
from mailbot.reading.model_vary import Variety
from mailbot.reading.train import Example, examples_in
from mailbot.reading.unseen import Unseen

torch: Any = importlib.import_module("torch")
F: Any = torch.nn.functional

LOOKS = 8
"""Attention heads beside the sum over the pieces."""

_VALUE = 48
_COUNT = len(INTENTS)
_BATCH = 24
_BODY_PACE, _HEADS_PACE = 1e-3, 2e-3
_BODY_DECAY, _HEADS_DECAY = 0.01, 0.02
_WARM_UP, _LAST = 0.08, 0.05
_DROPPED_PIECES, _DROPPED = 0.08, 0.3
_SMOOTH, _SHARED = 0.08, 0.1
_INSIDE_COUNTS, _HOLD_COUNTS = 2.0, 1.0
_SURE_HOLD = 0.98
_NEAR = np.arange(-2, 3)
_WINDOWS = ((2, 2, 4), (3, 1, 4), (5, 0, 5))
"""Order of each branch, and which of the five places around a piece its window covers."""

Weights = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """The pieces of several mails end to end: embedded, the places of their neighbours, whose they are, how many."""

    embedded: Any
    near: Any
    owner: Any
    lengths: Any


def batch_of(texts: Sequence[str]) -> Batch:
    """Texts as one batch."""
    pieces = [model_table.pieces_of(text)[:MOST_PIECES] for text in texts]
    lengths = np.array([len(each) for each in pieces])
    owner = np.repeat(np.arange(len(pieces)), lengths)
    ends = np.cumsum(lengths)
    total = int(ends[-1])
    places = np.arange(total)[:, None] + _NEAR
    inside = (places >= (ends - lengths)[owner][:, None]) & (places < ends[owner][:, None])
    embedded = model_table.embedded([piece for each in pieces for piece in each])
    return Batch(
        torch.from_numpy(embedded),
        torch.from_numpy(np.where(inside, places, total)),
        torch.from_numpy(owner),
        torch.from_numpy(lengths.astype(np.float32)),
    )


def starting_weights(seed: int) -> Weights:
    """The encoder's own weights, and new heads."""
    torch.manual_seed(seed)
    found = {name: torch.from_numpy(np.array(values)) for name, values in _encoder_weights().items()}
    wide = found["ln_g"].shape[0]
    width = found["p3"].shape[1] + LOOKS * _VALUE
    found["look"], found["look_b"] = torch.zeros(wide, LOOKS), torch.zeros(LOOKS)
    bound = 1 / math.sqrt(wide)
    found["value"] = torch.empty(wide, LOOKS * _VALUE).uniform_(-bound, bound)
    found["value_b"] = torch.zeros(LOOKS * _VALUE)
    found["heads"], found["heads_b"] = torch.randn(width, 2 * _COUNT + 1) * 0.02, torch.zeros(2 * _COUNT + 1)
    return {name: values.clone().requires_grad_() for name, values in found.items()}


def _encoder_weights() -> dict[str, Floats]:
    """The encoder's weights beside its table, under the names that `Body` knows."""
    _, own = source()
    branches = ("2", "3", "5")
    found = {name: own[name] for name in ("ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3")}
    found |= {f"{layer}_{order}": own[f"{layer}_{order}"] for layer in ("w1", "b1", "w2", "b2") for order in branches}
    for name, parts in {"proj": "proj", "proj_b": "proj_b", "ln_g3": "ln_g", "ln_b3": "ln_b"}.items():
        found[name] = np.concatenate([own[f"{parts}{order}"] for order in branches], axis=-1)
    return found


def scores(weights: Weights, mails: Batch, *, training: bool) -> Any:
    """One row for each mail: intents, intents inside, hold. The same sums as `Body.heard`."""
    embedded, near = mails.embedded, mails.near
    if training:
        embedded = embedded * (torch.rand(len(embedded), 1) > _DROPPED_PIECES)
    own = embedded @ weights["proj"] + weights["proj_b"]
    own = F.layer_norm(own, own.shape[1:], weights["ln_g3"], weights["ln_b3"], EPSILON)
    branches = [embedded]
    nothing = torch.zeros(1, own.shape[1] // len(_WINDOWS))
    for part, (order, first, last) in zip(own.chunk(len(_WINDOWS), dim=1), _WINDOWS, strict=True):
        places = near[:, first:last]
        told = part
        for layer in ("w1", "w2"):
            window = torch.cat([told.float(), nothing])[places].flatten(1)
            told = F.relu(window @ weights[f"{layer}_{order}"] + weights[f"b{layer[1]}_{order}"]) + told
        branches.append(told)
    tokens = torch.cat(branches, dim=1)
    tokens = F.layer_norm(tokens, tokens.shape[1:], weights["ln_g"], weights["ln_b"], EPSILON).float()
    summary = F.dropout(_summary(weights, tokens, mails), _DROPPED, training)
    return (summary @ weights["heads"] + weights["heads_b"]).float()


def _summary(weights: Weights, tokens: Any, mails: Batch) -> Any:
    count = len(mails.lengths)
    total = torch.zeros(count, tokens.shape[1]).index_add(0, mails.owner, tokens)
    mean = total @ weights["cnn_W"] + mails.lengths[:, None] * weights["cnn_b"]
    mean = mean / mails.lengths.sqrt()[:, None]
    inner = F.relu(mean @ weights["p1"] + F.relu(mean @ weights["d0"]) @ weights["d1"])
    vector = torch.tanh(inner @ weights["p3"] + F.relu(inner @ weights["d2"]) @ weights["d3"]).float()
    looks = (tokens @ weights["look"] + weights["look_b"]).float()
    shares = torch.exp(looks - looks.detach().max())
    norm = torch.zeros(count, LOOKS).index_add(0, mails.owner, shares)
    values = F.gelu(tokens @ weights["value"] + weights["value_b"], approximate="tanh").float()
    weighted = values.view(len(tokens), LOOKS, _VALUE) * shares[:, :, None]
    seen = torch.zeros(count, LOOKS, _VALUE).index_add(0, mails.owner, weighted) / norm[:, :, None]
    return torch.cat([F.normalize(vector, dim=1) * LOUD, seen.flatten(1)], dim=1)


def wanted(mails: Sequence[Example]) -> tuple[Any, Any, Any]:
    """Soft primary intents, the set of all intents, and holds."""
    primary = torch.full((len(mails), _COUNT), _SMOOTH / _COUNT)
    inside = torch.zeros(len(mails), _COUNT)
    for row, mail in enumerate(mails):
        others = [INTENTS.index(each) for each in INTENTS if each in mail.also and each is not mail.intent]
        primary[row, INTENTS.index(mail.intent)] += 1 - _SMOOTH - (_SHARED if others else 0)
        inside[row, INTENTS.index(mail.intent)] = 1
        for other in others:
            primary[row, other] += _SHARED / len(others)
            inside[row, other] = 1
    holds = torch.tensor([_SURE_HOLD if mail.hold else 1 - _SURE_HOLD for mail in mails])
    return primary, inside, holds


def _loss(found: Any, mails: Sequence[Example]) -> Any:
    primary, inside, holds = wanted(mails)
    odds = F.log_softmax(found[:, :_COUNT], dim=1)
    several = F.binary_cross_entropy_with_logits(found[:, _COUNT:-1], inside)
    hold = F.binary_cross_entropy_with_logits(found[:, -1], holds)
    return -(primary * odds).sum(1).mean() + _INSIDE_COUNTS * several + _HOLD_COUNTS * hold


def tuned(mails: Sequence[Example], rounds: int, seed: int) -> dict[str, Floats]:
    """Weights that have read all these mails, each `rounds` times in a new variant."""
    weights = starting_weights(seed)
    heads = {"look", "look_b", "value", "value_b", "heads", "heads_b"}
    groups = [
        {"params": [each for name, each in weights.items() if name not in heads], "weight_decay": _BODY_DECAY},
        {"params": [weights[name] for name in sorted(heads)], "weight_decay": _HEADS_DECAY},
    ]
    optimiser = torch.optim.AdamW(groups, lr=_BODY_PACE, betas=(0.9, 0.98))
    vary, draw = Variety(mails, seed), Random(seed)  # noqa: S311 - an order, not a secret
    steps, step = rounds * math.ceil(len(mails) / _BATCH), 0
    for number in range(rounds):
        started, order = time.perf_counter(), list(mails)
        draw.shuffle(order)
        for first in range(0, len(order), _BATCH):
            some = order[first : first + _BATCH]
            pace = min(1.0, (step + 1) / (steps * _WARM_UP)) * _eased(step / steps)
            for group, top in zip(optimiser.param_groups, (_BODY_PACE, _HEADS_PACE), strict=True):
                group["lr"] = top * pace
            with torch.autocast("cpu", torch.bfloat16):
                found = scores(weights, batch_of([vary.of(mail) for mail in some]), training=True)
            optimiser.zero_grad()
            loss = _loss(found, some)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
            optimiser.step()
            step += 1
        sys.stderr.write(f"round {number + 1} of {rounds}: {time.perf_counter() - started:.0f} s\n")
    return {name: values.detach().numpy() for name, values in weights.items()}


def _eased(share: float) -> float:
    return (1 - _LAST) * 0.5 * (1 + math.cos(math.pi * share)) + _LAST


def author_pairs(mails: Sequence[Example]) -> list[frozenset[str]]:
    """Authors two by two, the first with the last, so that each network reads two thirds of the corpus."""
    authors = sorted({mail.author for mail in mails})
    return [frozenset({authors[at], authors[-1 - at]}) for at in range((len(authors) + 1) // 2)]


def unseen_by(mails: Sequence[Example], rounds: int, seed: int) -> dict[str, Heard]:
    """What networks say of each mail that had not read its author."""
    found: dict[str, Heard] = {}
    for pair in author_pairs(mails):
        body = model_body.opened(model_body.packed(tuned([m for m in mails if m.author not in pair], rounds, seed)))
        found |= {mail.text: body.heard(mail.text) for mail in mails if mail.author in pair}
    return found


def write_body(folder: Path, weights: Mapping[str, Floats]) -> None:
    """The weights and their checksum."""
    octets = model_body.packed(weights)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / BODY).write_bytes(octets)
    (folder / BODY_CHECKSUM).write_text(f"{hashlib.sha256(octets).hexdigest()}  {BODY}\n", encoding="ascii")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fine-tune and write; 1 and one line where the corpus cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m mailbot.reading.finetune", description="Fine-tune the network.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.jsonl examples")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the network and its checksum to")
    parser.add_argument("--unseen", type=Path, help="file to write what networks say of authors they had not read")
    parser.add_argument("--rounds", type=int, default=10, help="how often each mail is read (default 10)")
    parser.add_argument("--seed", type=int, default=0, help="seed of everything that is drawn (default 0)")
    parser.add_argument("--threads", type=int, default=1, help="processor threads (default 1)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        mails = examples_in(options.corpus)
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    if options.unseen:
        Unseen.of(unseen_by(mails, options.rounds, options.seed)).write(options.unseen)
    write_body(options.out, tuned(mails, options.rounds, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
