import numpy as np
import pytest

from engine.encoders import DIMENSIONS, EncoderError, TextEncoder, VectorCache


def test_the_cache_gives_back_what_it_was_given_and_keeps_no_text(tmp_path):
    cache = VectorCache(tmp_path, "model", 4)
    vectors = np.array([[0.5, 0, 0, 0.5], [1, 0, 0, 0]], dtype=np.float32)
    cache.keep(["a secret sentence", "b"], vectors)
    found = cache.find(["b", "c", "a secret sentence"])
    assert sorted(found) == [0, 2]
    np.testing.assert_array_equal(found[2], vectors[0])
    assert b"secret" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_a_folder_without_a_model_is_a_clear_sentence(tmp_path):
    with pytest.raises(EncoderError, match=r"modules\.json is missing"):
        TextEncoder(tmp_path).encode(["x"])


def test_altered_weights_are_refused(monkeypatch):
    monkeypatch.setattr("engine.encoders.minilm.SHA256", "0" * 64)
    with pytest.raises(EncoderError, match="was altered"):
        TextEncoder().encode(["x"])


def test_vectors_are_unit_stable_and_mean_something(tmp_path):
    pytest.importorskip("sentence_transformers")
    told = []
    texts = ["soft warm sweater", "a cosy knitted jumper", "the train was late", "soft warm sweater"]
    encoder = TextEncoder(cache_folder=tmp_path, threads=1)
    vectors = encoder.encode(texts, lambda done, total: told.append((done, total)))
    assert vectors.shape == (4, DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    again = TextEncoder(cache_folder=tmp_path, threads=1).encode(texts)
    np.testing.assert_allclose(vectors, again, atol=2e-3)
    assert told[-1] == (4, 4)


def test_loading_draws_nothing_on_the_terminal(capfd):
    pytest.importorskip("sentence_transformers", reason="needs digital-persona[models]")
    TextEncoder().encode(["Warm and light."])
    seen = capfd.readouterr()
    assert (seen.out, seen.err) == ("", "")
