"""The optional sentence model: a tiny one of the same build, and files that are not it."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from bot.triage.engine import sentences
from bot.triage.engine.sentences import SentenceModel, UnknownSentenceModel
from bot.triage.sorting import Rules, Sorter

_WIDTH = 24
_PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "where", "is", "my", "par", "##cel", "lamp", "?"]


def _tensors() -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    shapes = {
        "embeddings.word_embeddings.weight": (len(_PIECES), _WIDTH),
        "embeddings.position_embeddings.weight": (80, _WIDTH),
        "embeddings.token_type_embeddings.weight": (2, _WIDTH),
        "embeddings.LayerNorm.weight": (_WIDTH,),
        "embeddings.LayerNorm.bias": (_WIDTH,),
    }
    for layer in range(6):
        name = f"encoder.layer.{layer}."
        for part in ("attention.self.query", "attention.self.key", "attention.self.value"):
            shapes |= {f"{name}{part}.weight": (_WIDTH, _WIDTH), f"{name}{part}.bias": (_WIDTH,)}
        shapes |= {
            f"{name}attention.output.dense.weight": (_WIDTH, _WIDTH),
            f"{name}intermediate.dense.weight": (2 * _WIDTH, _WIDTH),
            f"{name}output.dense.weight": (_WIDTH, 2 * _WIDTH),
            f"{name}intermediate.dense.bias": (2 * _WIDTH,),
        }
        for part in ("attention.output.dense.bias", "output.dense.bias"):
            shapes[f"{name}{part}"] = (_WIDTH,)
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{name}{part}.weight": (_WIDTH,), f"{name}{part}.bias": (_WIDTH,)}
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def _write(folder: Path) -> bytes:
    table, body = {}, b""
    for name, values in _tensors().items():
        start = len(body)
        body += values.tobytes()
        table[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [start, len(body)]}
    header = json.dumps(table).encode()
    raw = len(header).to_bytes(8, "little") + header + body
    (folder / "model.safetensors").write_bytes(raw)
    (folder / "vocab.txt").write_text("\n".join(_PIECES), encoding="utf-8")
    return raw


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SentenceModel:
    monkeypatch.setattr(sentences, "CHECKSUM", hashlib.sha256(_write(tmp_path)).hexdigest())
    return SentenceModel(tmp_path)


def test_it_turns_each_sentence_into_a_vector_of_length_one(model: SentenceModel) -> None:
    vectors = model.embed(["Where is my parcel?", "Where is my lamp?", "x" * 500, "lamp " * 500, ""])
    assert vectors.shape == (5, _WIDTH)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert not np.allclose(vectors[0], vectors[1])


def test_it_reads_a_word_by_its_pieces_whatever_its_accents(model: SentenceModel) -> None:
    one, two, other = model.embed(["PÀRCEL", "parcel", "par"])
    assert np.allclose(one, two)
    assert not np.allclose(one, other)


def test_it_refuses_a_file_it_does_not_know(tmp_path: Path) -> None:
    _write(tmp_path)
    with pytest.raises(UnknownSentenceModel, match="is not the sentence model we know"):
        SentenceModel(tmp_path)
    with pytest.raises(UnknownSentenceModel):
        Sorter(Rules(sentence_model=tmp_path / "nowhere"))
