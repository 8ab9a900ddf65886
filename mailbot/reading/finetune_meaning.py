"""Fine-tune the encoder: `python -m mailbot.reading.finetune_meaning --from CARVED --corpus FOLDER --out WEIGHTS`.

Needs torch (any build for the processor), which reading never does. Starts from what `mailbot.reading.carve` wrote and
trains the upper layers, and heads over them, on primary intents, on all intents of a mail, on holds, and on which
sentence shows the intent. First the heads alone, so that they do not pull what the encoder knows out of shape (Kumar
et al. 2022, arXiv 2202.10054). What is kept is the running mean of the weights. With `--leave-out A,B --unseen FILE` it
reads all but those authors, and adds to FILE what it says of theirs: `mailbot.reading.train` sets thresholds on that.
The same seed, corpus and torch give the same weights; about a quarter of an hour on two cores.
"""

import argparse
import hashlib
import importlib
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from mailbot.reading import model_meaning
from mailbot.reading.finetune import wanted
from mailbot.reading.model_features import INTENTS, MOST_SENTENCES, Floats
from mailbot.reading.model_meaning import CHECKSUM, HEADS, LOOKS, MIDWAY, WEIGHTS, WIDTH, Encoder
from mailbot.reading.model_pieces import LAST, SPECIAL, UNKNOWN
from mailbot.reading.model_vary import Variety
from mailbot.reading.train import Example, examples_in
from mailbot.reading.unseen import Unseen
from mailbot.reading.words import folded, sentences_of, words_of

torch: Any = importlib.import_module("torch")
F: Any = torch.nn.functional

_COUNT = len(INTENTS)
_VALUE = 48
_MOST_PIECES = 160
_BATCH, _BUCKET = 24, 12
_FROZEN = 1  # layers that stay as they were published
_PACE, _HEADS_PACE, _LOWER = 3e-4, 1e-3, 0.9
_DECAY = 0.02
_PROBING = 0.8  # rounds of the heads alone, at twice their pace
_WARM_UP, _LAST = 0.08, 0.02
_DROPPED, _DROPPED_PIECES, _DROPPED_SUMMARY = 0.1, 0.06, 0.3
_INSIDE_COUNTS, _HOLD_COUNTS, _SHOWS_COUNTS, _SILENT = 2.0, 2.0, 0.5, 0.3
_SMOOTH = 0.05
_REMEMBERED = 0.99
_OVERLAP = 0.6  # of its words, from which a sentence is taken for one that shows the intent
_LOUD = 0.35  # spread of what the heads see
_POOL = 1 << 22
_NOWHERE = -1e4
_HEAD_NAMES = ("tell", "tell_b", "attend", "attend_b", "value", "value_b", "show", "show_b")

Weights = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """A mail as word pieces, where its sentences stand in them, and which of these show its intent."""

    mail: Example
    pieces: list[int]
    spans: list[tuple[int, int]]
    shows: list[bool]


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails of about one length: pieces, which of them are there, the share of each in each sentence."""

    pieces: Any
    there: Any
    shares: Any


class Tuning:
    """The network while it is trained: `weights` by the names that `model_meaning` knows."""

    def __init__(self, start: Encoder, seed: int) -> None:
        """Take the encoder as it was carved, and draw new heads."""
        self._start = start
        self._chance = torch.Generator().manual_seed(seed)
        self._pool = (torch.rand(_POOL, generator=self._chance) > _DROPPED).float().div(1 - _DROPPED).bfloat16()
        self._draw = Random(seed)  # noqa: S311 - what is dropped, not a secret
        self._table = torch.from_numpy(model_meaning.unpacked(start.table, start.scales))
        self.weights: Weights = {name: torch.from_numpy(np.array(each)) for name, each in start.weights.items()}
        self.layers = model_meaning.layers_of(start.weights)
        wide = {"tell": (3 * WIDTH + LOOKS * _VALUE, 2 * _COUNT + 1), "attend": (WIDTH, LOOKS),
                "value": (WIDTH, LOOKS * _VALUE), "show": (WIDTH, _COUNT + 1)}  # fmt: skip
        spread = {"tell": 0.01, "attend": 0.0, "value": 0.03, "show": 0.01}
        for name, shape in wide.items():
            self.weights[name] = torch.randn(shape, generator=self._chance) * spread[name]
            self.weights[f"{name}_b"] = torch.zeros(shape[1])
        for name in ("token", "whole", "midway", "part"):
            self.weights[f"{name}_mean"], self.weights[f"{name}_spread"] = torch.zeros(WIDTH), torch.ones(WIDTH)

    def groups(self) -> list[dict[str, Any]]:
        """What is trained, the heads last; the lower a layer the slower."""
        found: list[dict[str, Any]] = []
        for layer in range(_FROZEN, self.layers):
            own = [each for name, each in self.weights.items() if name.startswith(f"{layer}_")]
            found.append({"params": own, "top": _PACE * _LOWER ** (self.layers - 1 - layer)})
        found.append({"params": [self.weights[name] for name in _HEAD_NAMES], "top": _HEADS_PACE})
        for group in found:
            for each in group["params"]:
                each.requires_grad_()
        return found

    def rows(self, batch: Batch, *, training: bool, frozen: int) -> tuple[Any, Any]:
        """A row for each piece, as the middle and the last layer see it."""
        known = self.weights
        hidden = torch.zeros(batch.there.shape, dtype=torch.bfloat16)
        hidden = hidden.masked_fill(~batch.there, _NOWHERE)[:, None, None, :]
        rows = self._table[batch.pieces] + known["places"][: batch.pieces.shape[1]]
        rows = F.layer_norm(rows, (WIDTH,), known["first_gain"], known["first_shift"], 1e-12).bfloat16()
        midway = rows
        for layer in range(self.layers):
            learns = training and layer >= frozen
            with torch.set_grad_enabled(learns):
                rows = self._layer(rows, hidden, layer, training=learns)
            midway = rows if layer == MIDWAY - 1 else midway
        return midway.float(), rows.float()

    def _layer(self, rows: Any, hidden: Any, layer: int, *, training: bool) -> Any:
        def through(name: str, values: Any) -> Any:
            return F.linear(values, self.weights[f"{layer}_{name}"].T, self.weights[f"{layer}_{name}_b"])

        def settled(name: str, values: Any) -> Any:
            gain, shift = self.weights[f"{layer}_{name}_gain"], self.weights[f"{layer}_{name}_shift"]
            return F.layer_norm(values, (WIDTH,), gain, shift, 1e-12)

        mails, count, _ = rows.shape
        query, key, value = through("look", rows).view(mails, count, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        looks = torch.softmax(query / math.sqrt(WIDTH / HEADS) @ key.transpose(-1, -2) + hidden, -1)
        seen = (looks @ value).transpose(1, 2).reshape(mails, count, WIDTH)
        rows = settled("seen", rows + self._dropped(through("seen", seen), training=training))
        thought = through("thought", F.gelu(through("wide", rows)))
        return settled("thought", rows + self._dropped(thought, training=training))

    def _dropped(self, values: Any, *, training: bool) -> Any:
        """Some of it nil; which, is taken from a pool that was drawn once, for drawing takes longer than the layer."""
        if not training:
            return values
        first = self._draw.randrange(_POOL - values.numel())
        return values * self._pool[first : first + values.numel()].view(values.shape)

    def _even(self, name: str, values: Any) -> Any:
        return (values - self.weights[f"{name}_mean"]) / self.weights[f"{name}_spread"]

    def levelled(self, batches: Sequence[Batch]) -> None:
        """Set how vectors are centred and scaled: encoders put all mails into one corner."""
        found: dict[str, list[Any]] = {"token": [], "whole": [], "midway": [], "part": []}
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for batch in batches:
                midway, rows = self.rows(batch, training=False, frozen=0)
                found["token"].append(rows[batch.there])
                found["whole"].append(_mean(rows, batch.there))
                found["midway"].append(_mean(midway, batch.there))
                found["part"].append((batch.shares @ rows)[batch.shares.sum(-1) > 0])
        for name, values in found.items():
            every = torch.cat(values).float()
            self.weights[f"{name}_mean"] = every.mean(0)
            self.weights[f"{name}_spread"] = every.std(0) / (1 if name == "token" else _LOUD)

    def scores(self, batch: Batch, *, training: bool, frozen: int = 0) -> tuple[Any, Any]:
        """For each mail intents, intents inside and a hold; for each sentence what it shows. As `Encoder.heard`."""
        known = self.weights
        midway, rows = self.rows(batch, training=training, frozen=frozen)
        tokens = self._even("token", rows)
        looks = (tokens @ known["attend"] + known["attend_b"]).float()
        shares = torch.softmax(looks.masked_fill(~batch.there[:, :, None], _NOWHERE), 1)
        values = F.gelu(tokens @ known["value"] + known["value_b"]).float()
        values = values.view(*values.shape[:2], LOOKS, _VALUE)
        seen = torch.einsum("mpl,mplv->mlv", shares, values).flatten(1).float()
        parts = self._even("part", torch.bmm(batch.shares, rows).float())
        loudest = parts.masked_fill((batch.shares.sum(-1) <= 0)[:, :, None], _NOWHERE).amax(1)
        whole = self._even("whole", _mean(rows, batch.there))
        halfway = self._even("midway", _mean(midway, batch.there))
        summary = F.dropout(torch.cat([whole, halfway, loudest, seen], 1), _DROPPED_SUMMARY, training)
        shows = F.dropout(parts, _DROPPED, training) @ known["show"] + known["show_b"]
        return (summary @ known["tell"] + known["tell_b"]).float(), shows.float()

    def floats(self) -> dict[str, Floats]:
        """The weights as they are now."""
        return {name: each.detach().numpy().copy() for name, each in self.weights.items()}


def _mean(rows: Any, there: Any) -> Any:
    return (rows * there[:, :, None]).sum(1) / there.sum(1, keepdim=True)


def read_by(encoder: Encoder, mail: Example, text: str) -> Read:
    """A text of a mail in at most `_MOST_PIECES`; of a long one the sentences around those that show the intent."""
    begin = encoder.begin()
    shown = _plain(mail.evidence)
    found = []
    for sentence in sentences_of(text)[:MOST_SENTENCES]:
        pieces = encoder.pieces.of_text(model_meaning.sound(sentence.text))
        words = _plain(sentence.text)
        shows = bool(words and shown) and len(words & shown) >= _OVERLAP * min(len(words), len(shown))
        found.append((pieces[: _MOST_PIECES - len(begin)], shows))
    first = _first_read(found, _MOST_PIECES - len(begin))
    read = Read(mail, [*begin], [], [])
    for pieces, shows in found[first:]:
        kept = pieces[: _MOST_PIECES - len(read.pieces)]
        if kept:
            read.spans.append((len(read.pieces), len(read.pieces) + len(kept)))
            read.shows.append(shows)
            read.pieces.extend(kept)
    read.pieces.append(LAST)
    if not read.spans:
        read.spans.append((0, 1))
        read.shows.append(False)
    return read


def _first_read(found: Sequence[tuple[list[int], bool]], most: int) -> int:
    """The first sentence that is read, so that the last one that shows the intent is read too."""
    last = max((at for at, (_, shows) in enumerate(found) if shows), default=0)
    first = left = 0
    total = sum(len(pieces) for pieces, _ in found[: last + 1])
    while total - left > most and first < last:
        left += len(found[first][0])
        first += 1
    return first


def _plain(text: str) -> set[str]:
    return {word.text for word in words_of(folded(text))}


def batch_of(mails: Sequence[Read]) -> Batch:
    """Several mails as one batch."""
    longest = max(len(each.pieces) for each in mails)
    pieces = torch.ones(len(mails), longest, dtype=torch.long)
    there = torch.zeros(len(mails), longest, dtype=torch.bool)
    shares = torch.zeros(len(mails), max(len(each.spans) for each in mails), longest)
    for row, mail in enumerate(mails):
        pieces[row, : len(mail.pieces)] = torch.tensor(mail.pieces)
        there[row, : len(mail.pieces)] = True
        for at, (first, last) in enumerate(mail.spans):
            shares[row, at, first:last] = 1 / (last - first)
    return Batch(pieces, there, shares)


def batches_of(mails: Sequence[Read], draw: Random) -> Iterator[list[Read]]:
    """All mails in a drawn order, those of about one length together."""
    order = list(mails)
    draw.shuffle(order)
    found = []
    for first in range(0, len(order), _BATCH * _BUCKET):
        bucket = sorted(order[first : first + _BATCH * _BUCKET], key=lambda each: len(each.pieces))
        found += [bucket[at : at + _BATCH] for at in range(0, len(bucket), _BATCH)]
    draw.shuffle(found)
    yield from found


def _loss(found: Any, shown: Any, mails: Sequence[Read]) -> Any:
    primary, inside, holds = wanted([each.mail for each in mails])
    loss = -(primary * F.log_softmax(found[:, :_COUNT], dim=1)).sum(1).mean()
    loss = loss + _INSIDE_COUNTS * F.binary_cross_entropy_with_logits(found[:, _COUNT:-1], inside)
    loss = loss + _HOLD_COUNTS * F.binary_cross_entropy_with_logits(found[:, -1], holds)
    places, meant, counts = [], [], []
    for row, each in enumerate(mails):
        for at, shows in enumerate(each.shows):
            if shows or len(each.shows) == 1 or (any(each.shows) and not each.mail.also):
                shows_it = shows or len(each.shows) == 1
                places.append((row, at))
                meant.append(INTENTS.index(each.mail.intent) if shows_it else _COUNT)
                counts.append(1.0 if shows_it else _SILENT)
    if not places:
        return loss
    rows, columns = zip(*places, strict=True)
    each = F.cross_entropy(shown[rows, columns], torch.tensor(meant), reduction="none", label_smoothing=_SMOOTH)
    weight = torch.tensor(counts)
    return loss + _SHOWS_COUNTS * (each * weight).sum() / weight.sum()


def tuned(start: Encoder, mails: Sequence[Example], rounds: int, seed: int) -> dict[str, Floats]:
    """Weights that have read all these mails, each `rounds` times in a new variant."""
    torch.manual_seed(seed)
    tuning, draw, vary = Tuning(start, seed), Random(seed), Variety(mails, seed)  # noqa: S311 - an order, not a secret
    plain = sorted((read_by(start, mail, mail.text) for mail in mails[::4]), key=lambda each: len(each.pieces))
    tuning.levelled([batch_of(plain[at : at + _BATCH]) for at in range(0, len(plain), _BATCH)])
    groups = tuning.groups()
    trained = [each for group in groups for each in group["params"]]
    kept = [each.detach().clone() for each in trained]
    optimiser = torch.optim.AdamW(groups, lr=_PACE, betas=(0.9, 0.98), weight_decay=_DECAY, fused=True)
    per_round = math.ceil(len(mails) / _BATCH)
    probing, steps, step = int(per_round * _PROBING), per_round * rounds, 0
    for number in range(rounds):
        started = time.perf_counter()
        total = 0.0
        for some in batches_of([read_by(start, mail, vary.of(mail)) for mail in mails], draw):
            heads_alone = step < probing
            for group in optimiser.param_groups:
                group["lr"] = group["top"] * _pace(step, probing, steps)
                if heads_alone:
                    group["lr"] = 2 * group["lr"] if group is optimiser.param_groups[-1] else 0.0
            batch = batch_of(some)
            unread = (torch.rand(batch.pieces.shape) < _DROPPED_PIECES) & (batch.pieces >= SPECIAL)
            batch.pieces[unread] = UNKNOWN
            with torch.autocast("cpu", torch.bfloat16):
                found = tuning.scores(batch, training=True, frozen=tuning.layers if heads_alone else _FROZEN)
            optimiser.zero_grad()
            loss = _loss(*found, some)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            step += 1
            total += loss.item()
            share = 1 - min(_REMEMBERED, step / (step + 10))
            for mean, now in zip(kept, trained, strict=True):
                mean.lerp_(now.detach(), share)
        spent = time.perf_counter() - started
        sys.stderr.write(f"round {number + 1} of {rounds}: loss {total / per_round:.3f}, {spent:.0f} s\n")
    for mean, now in zip(kept, trained, strict=True):
        now.data.copy_(mean)
    return tuning.floats()


def _pace(step: int, probing: int, steps: int) -> float:
    """Warm-up and a half cosine; the heads alone have a warm-up of their own."""
    if step < probing:
        return min(1.0, (step + 1) / (probing * _WARM_UP))
    share = (step - probing) / (steps - probing)
    return min(1.0, (step - probing + 1) / ((steps - probing) * _WARM_UP)) * max(
        _LAST, 0.5 * (1 + math.cos(math.pi * share))
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Fine-tune and write; 1 and one line where the corpus or the encoder cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m mailbot.reading.finetune_meaning", description="Fine-tune e5.")
    parser.add_argument("--from", dest="start", type=Path, required=True, help="folder that carve wrote to")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.jsonl examples")
    parser.add_argument("--out", type=Path, help="folder to write the encoder and its checksum to")
    parser.add_argument(
        "--leave-out", default="", help="authors, by commas, who are not read but judged (with --unseen)"
    )
    parser.add_argument("--unseen", type=Path, help="file to add to what is said of the authors left out")
    parser.add_argument("--rounds", type=int, default=7, help="how often each mail is read (default 7)")
    parser.add_argument("--seed", type=int, default=0, help="seed of everything that is drawn (default 0)")
    parser.add_argument("--threads", type=int, default=2, help="processor threads (default 2)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        carved = (options.start / WEIGHTS).read_bytes()
        start, mails = model_meaning.opened(carved), examples_in(options.corpus)
    except (OSError, ValueError, KeyError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    left_out = set(filter(None, options.leave_out.split(",")))
    weights = tuned(start, [mail for mail in mails if mail.author not in left_out], options.rounds, options.seed)
    octets = model_meaning.packed(carved, weights, _FROZEN)
    if options.unseen:
        heard = model_meaning.opened(octets)
        later = examples_in(options.corpus)  # it may have grown
        said = {mail.text: heard.said_of(mail.text) for mail in later if mail.author in left_out}
        before = Unseen.read(options.unseen).heard if options.unseen.exists() else {}
        Unseen({**before, **Unseen.of(said).heard}).write(options.unseen)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / WEIGHTS).write_bytes(octets)
        line = f"{hashlib.sha256(octets).hexdigest()}  {WEIGHTS}\n"
        (options.out / CHECKSUM).write_text(line, encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
