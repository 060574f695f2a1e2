"""MiniLM in numpy: sentences near in meaning become vectors near in space. English only, and optional.

The weights are `model.safetensors` of all-MiniLM-L6-v2 (Apache-2.0), known by their checksum; nothing but
numbers is read from them. Layers, heads and widths are those of the model's published configuration.
"""

import hashlib
import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import SwitchboardError

CHECKSUM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_HEADS = 12
_LAYERS = 6
_LONGEST = 64  # pieces of a sentence that are read; more costs time and tells little
_EPSILON = 1e-12

Vector = NDArray[np.float32]


class UnknownSentenceModel(SwitchboardError):
    """{file} is not the sentence model we know: all-MiniLM-L6-v2, with model.safetensors and vocab.txt."""


class SentenceModel:
    """Turns sentences into vectors of length 1."""

    def __init__(self, folder: Path) -> None:
        try:
            raw = (folder / "model.safetensors").read_bytes()
            lines = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise UnknownSentenceModel(file=error.filename) from error
        if hashlib.sha256(raw).hexdigest() != CHECKSUM:
            raise UnknownSentenceModel(file=folder / "model.safetensors")
        self._weights = _tensors(raw)
        self._pieces = {piece: at for at, piece in enumerate(lines)}

    def embed(self, sentences: list[str]) -> Vector:
        """Give one row a sentence."""
        rows = [self._one(self._numbers(sentence)) for sentence in sentences]
        return np.stack(rows) if rows else np.zeros((0, 384), np.float32)

    def _numbers(self, sentence: str) -> list[int]:
        pieces: list[int] = []
        for word in _words(sentence):
            pieces += self._split(word)
            if len(pieces) >= _LONGEST:
                break
        return [self._pieces["[CLS]"], *pieces[:_LONGEST], self._pieces["[SEP]"]]

    def _split(self, word: str) -> list[int]:
        """Cut a word into the longest pieces that are known; a word with an unknown rest is unknown."""
        unknown = [self._pieces["[UNK]"]]
        if len(word) > 100:  # as the model was trained
            return unknown
        found: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else f"##{word[start:end]}"
                if piece in self._pieces:
                    found.append(self._pieces[piece])
                    start = end
                    break
            else:
                return unknown
        return found

    def _one(self, numbers: list[int]) -> Vector:
        weights = self._weights
        state = (
            weights["embeddings.word_embeddings.weight"][numbers]
            + weights["embeddings.position_embeddings.weight"][: len(numbers)]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        state = self._normed(state, "embeddings.LayerNorm")
        for layer in range(_LAYERS):
            state = self._layer(state, f"encoder.layer.{layer}.")
        mean: Vector = state.mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), _EPSILON)

    def _layer(self, state: Vector, name: str) -> Vector:
        length, width = state.shape
        query, key, value = (
            self._linear(state, f"{name}attention.self.{part}").reshape(length, _HEADS, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(width // _HEADS).astype(np.float32)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        seen = (scores @ value).transpose(1, 0, 2).reshape(length, width)
        seen = self._linear(seen, f"{name}attention.output.dense")
        state = self._normed(state + seen, f"{name}attention.output.LayerNorm")
        inner = _gelu(self._linear(state, f"{name}intermediate.dense"))
        return self._normed(state + self._linear(inner, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _linear(self, state: Vector, name: str) -> Vector:
        result: Vector = state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return result

    def _normed(self, state: Vector, name: str) -> Vector:
        centred = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _EPSILON)
        result: Vector = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return result


def _gelu(x: Vector) -> Vector:
    """Apply the model's smooth step, by the usual approximation with tanh (off by 0.0005 at most)."""
    result: Vector = 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))
    return result


def _words(sentence: str) -> list[str]:
    """Lower case, no accents, punctuation and Chinese characters as words of their own: BERT's rules."""
    folded = unicodedata.normalize("NFD", sentence.lower())
    spaced = []
    for letter in folded:
        category = unicodedata.category(letter)
        if category == "Mn" or (category[0] == "C" and not letter.isspace()):
            continue
        alone = category[0] in "PS" or "\u4e00" <= letter <= "\u9fff"
        spaced.append(f" {letter} " if alone else letter)
    return "".join(spaced).split()


def _tensors(raw: bytes) -> dict[str, Any]:
    """Read the safetensors format: eight bytes of length, a JSON table, then plain numbers."""
    length = int.from_bytes(raw[:8], "little")
    table = json.loads(raw[8 : 8 + length])
    table.pop("__metadata__", None)
    kinds = {"F32": np.float32, "I64": np.int64}
    found = {}
    for name, entry in table.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(raw[8 + length + start : 8 + length + end], kinds[entry["dtype"]])
        found[name.removeprefix("bert.")] = values.reshape(entry["shape"])
    return found
