"""Files that are damaged, or made up by somebody: an error that says so, and little memory."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline

from textvec import (
    CountVectorizer,
    EmbeddingVectorizer,
    RNNClassifier,
    SequenceVectorizer,
    Vocabulary,
    WordTokenizer,
    WordVectors,
    load,
    save,
)
from textvec.saving import DamagedModelError, info

from .forging import forge, object_of
from .models import DOCUMENTS, IDS, LABELS, RECURRENT, VECTORS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model"


@pytest.fixture
def counts(path):
    save(CountVectorizer().fit(DOCUMENTS), path)
    return path


@pytest.fixture
def network(path):
    model = RNNClassifier(cell="lstm", **RECURRENT).fit(IDS, LABELS)
    save(model, path)
    return path


def test_every_truncated_file_is_refused(counts):
    whole = counts.read_bytes()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        counts.write_bytes(whole[:length])
        with pytest.raises(DamagedModelError, match=str(counts)):
            load(counts)
    counts.write_bytes(whole + b"\0")
    with pytest.raises(DamagedModelError, match="something is behind the model"):
        load(counts)


def test_every_changed_byte_is_found(counts):
    whole = counts.read_bytes()
    end = 8 + int.from_bytes(whole[:8], "little")
    padding = whole[:end].rstrip(b" ")
    for at in [*range(0, len(padding), 13), *range(end, len(whole), 7), len(whole) - 1]:
        counts.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(DamagedModelError, match=str(counts)):
            load(counts)


def test_a_changed_byte_of_a_mapped_table_is_found(path):
    words = [f"w{i}" for i in range(20_000)]
    numbers = np.random.default_rng(0).normal(size=(len(words), 30))
    vectors = WordVectors(words, numbers.astype(np.float32))
    save(vectors, path)
    whole = bytearray(path.read_bytes())
    for at in (len(whole) // 2, len(whole) - 1, len(whole) - (1 << 20), len(whole) - 2_000_000):
        whole[at] ^= 1
        path.write_bytes(whole)
        with pytest.raises(DamagedModelError, match="the checksum of the array .* does not match"):
            load(path)
        whole[at] ^= 1
    path.write_bytes(whole)
    assert load(path) == vectors


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no saved model"),
        (b"\0" * 40, "no saved model"),
        ((2**63).to_bytes(8, "little") + b"{}", "no saved model"),
        (b"\x80\x04\x95" + b"pickle" * 9, "no saved model"),
        ((4).to_bytes(8, "little") + b"{}  ", "header is not that of one"),
        ((400_002).to_bytes(8, "little") + b"{" + b"[" * 400_001, "header is not that of one"),
        (b"PK\x03\x04" + b"zip" * 30, "no saved model"),
    ],
)
def test_what_is_no_saved_model(data, message, path):
    path.write_bytes(data)
    for read in (load, info):
        with pytest.raises(DamagedModelError, match=message):
            read(path)


def test_other_files_of_safetensors(path):
    safetensors = pytest.importorskip("safetensors.numpy")
    safetensors.save_file({"a": np.zeros(3)}, path)
    with pytest.raises(DamagedModelError, match="header is not that of one"):
        load(path)
    safetensors.save_file({"a": np.zeros(3)}, path, metadata={"format": "pt"})
    with pytest.raises(DamagedModelError, match="no saved model"):
        load(path)


def test_paths_that_are_no_files(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DamagedModelError, match="is no file"):
        load(tmp_path / "pipe")


def test_a_newer_file_says_which_version_reads_it(counts):
    whole = counts.read_bytes()
    newer = whole.replace(b'"format_version":"1"', b'"format_version":"7"')
    newer = newer.replace(b'"textvec_version":"0.1.0"', b'"textvec_version":"4.2.0"')
    counts.write_bytes(newer)
    for read in (load, info):
        with pytest.raises(DamagedModelError, match=r"textvec 4\.2\.0 .* install.*>=4\.2\.0"):
            read(counts)


def header_of(path):
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:end]), data[end:]


def write_header(path, header, data):
    from textvec.saving._model_file import header_checksum

    metadata = header["__metadata__"]
    others = {name: entry for name, entry in header.items() if name != "__metadata__"}
    metadata["checksum"] = header_checksum(
        metadata["textvec_version"], metadata["manifest"], others
    )
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


@pytest.mark.parametrize("version", ["1e999", "true", "null", "1", "[]", '"x"', '"-1"', '"1e3"'])
def test_versions_that_are_none(version, counts):
    header, data = header_of(counts)
    header["__metadata__"]["format_version"] = "@@"
    text = json.dumps(header).replace('"@@"', version).encode()
    counts.write_bytes(len(text).to_bytes(8, "little") + text + data)
    for read in (load, info):
        with pytest.raises(DamagedModelError, match="header is not that of one|no version"):
            read(counts)


@pytest.mark.parametrize(
    "entry",
    [
        {"data_offsets": [0, 10**15]},
        {"data_offsets": [-8, 4]},
        {"data_offsets": [4, 0]},
        {"data_offsets": [1, 5]},
        {"data_offsets": "ab"},
        {"shape": [10**9, 10**9]},
        {"shape": [2**61, 8]},
        {"shape": [-1]},
        {"shape": [1.5]},
        {"shape": 3},
        {"dtype": "F128"},
        {"dtype": ["F32"]},
        {"dtype": "O"},
    ],
)
def test_lies_about_arrays(entry, counts):
    header, data = header_of(counts)
    header["vocabulary_/buffer"] |= entry
    write_header(counts, header, data)
    with pytest.raises(DamagedModelError, match="damaged"):
        load(counts)


def test_arrays_do_not_overlap(counts):
    header, data = header_of(counts)
    header["vocabulary_/sizes"] = dict(header["vocabulary_/buffer"])
    write_header(counts, header, data)
    with pytest.raises(DamagedModelError, match="damaged"):
        load(counts)


@pytest.mark.parametrize(
    "name",
    [
        *("os.system", "builtins.eval", "textvec.split_sentences", "textvec.saving", "textvec.os"),
        *("sklearn.os", "sklearn.utils._testing.os", "sklearn.datasets.fetch_openml"),
        *("torch.nn.os", "torch.load", "skorch.callbacks.Checkpoint", "textvec.nn.os", "", "."),
        *("subprocess.Popen", "numpy.load", "sklearn.tests.random_seed", "trusted:os:system"),
    ],
)
def test_unknown_types(name, counts):
    def change(manifest, arrays):
        manifest["objects"][-1]["type"] = name

    forge(counts, change)
    with pytest.raises(DamagedModelError, match="no type|not among those trusted|is no class"):
        load(counts)


@pytest.mark.parametrize(
    "node",
    [
        *({"function": "os.system"}, {"function": "numpy.load"}, {"function": "str.format"}),
        *({"function": "sklearn.metrics.os"}, {"type": "numpy.load"}, {"class": "os.system"}),
        *({"distribution": "os", "args": [], "kwds": {"dict": {}}}, {"trusted": "os:system"}),
        *({"sparse": "os", "shape": [1, 1], "parts": {}}, {"object": 99}, {"object": -1}),
        *({"part": 0}, {"array": "nothing"}, {"nonsense": 1}, {}, {"objects": [], "shape": [9]}),
        {"partial": {"func": {"function": "os.system"}, "args": ["x"], "keywords": {}}},
        {"array": "vocabulary_/buffer", "dtype": "O", "shape": [1]},
        {"array": "vocabulary_/buffer", "dtype": "<U1000000000", "shape": [1]},
        {"array": "vocabulary_/buffer", "dtype": "|V0", "shape": [10**9]},
    ],
    ids=str,
)
def test_unknown_values(node, counts):
    def change(manifest, arrays):
        first = manifest["objects"][0]
        first["state"] = {"more": node, **first["state"]}

    forge(counts, change)
    with pytest.raises(DamagedModelError, match="damaged"):
        load(counts)


def test_objects_refer_backwards_only(counts):
    def change(manifest, arrays):
        manifest["objects"][0]["state"]["first_id"] = {"object": 0}

    forge(counts, change)
    with pytest.raises(DamagedModelError, match="does not hold before"):
        load(counts)


@pytest.mark.parametrize(
    ("key", "array", "message"),
    [
        ("vocabulary_/sizes", np.full(5, 2**40, np.uint64), "longer than"),
        ("vocabulary_/sizes", np.full(5, 255, np.uint8), "must rise|longer"),
        ("vocabulary_/sizes", np.full(5, -1, np.int8), "unsigned"),
        ("vocabulary_/sizes", np.ones((2, 2), np.uint8), "unsigned sizes"),
        ("vocabulary_/buffer", np.full(100, 255, np.uint8), "UTF-8|must rise"),
        ("vocabulary_/buffer", np.zeros(0, np.uint8), "longer"),
        ("vocabulary_/buffer", np.zeros(100, np.float32), "uint8"),
    ],
)
def test_vocabularies(key, array, message, counts):
    forge(counts, lambda manifest, arrays: arrays.update({key: array}))
    with pytest.raises(DamagedModelError, match=message):
        load(counts)


def test_a_token_that_is_there_twice_is_found_by_the_first_look_up(path):
    save(CountVectorizer().fit(["aa ab"]), path)
    forge(path, lambda manifest, arrays: arrays["vocabulary_/buffer"].__setitem__(3, ord("a")))
    loaded = load(path)
    assert loaded.get_feature_names_out().tolist() == ["aa", "aa"]
    for documents in (["aa"], ["another"]):
        with pytest.raises(ValueError, match="distinct, got 'aa' at positions 0 and 1"):
            loaded.transform(documents)


@pytest.mark.parametrize("change", ["ids", "offsets", "sparse"])
def test_ids_offsets_and_columns_out_of_range(change, path):
    from textvec import OneHotVectorizer

    save(OneHotVectorizer(output="sequence").fit_transform(DOCUMENTS), path)
    name = {"ids": "_ids/_values", "offsets": "_ids/_offsets", "sparse": "_table/indices"}[change]

    def forged(manifest, arrays):
        arrays[name] = arrays[name].copy()
        arrays[name][-1] = 10**6

    forge(path, forged)
    with pytest.raises(DamagedModelError, match="largest id|must rise|indices|column"):
        load(path)


def test_sizes_of_networks_are_those_of_their_weights(network):
    with tracing() as peak:
        for name, size in (("torch.nn.Embedding", 10**12), ("torch.nn.Linear", 10**12)):
            before = network.read_bytes()

            def change(manifest, arrays, name=name, size=size):
                own = object_of(manifest, name)["state"]["own"]["dict"]
                own[next(iter(own))] = size

            forge(network, change)
            with pytest.raises(DamagedModelError, match="tensors of shapes"):
                load(network)
            network.write_bytes(before)
    assert peak() < 30 << 20


def test_more_layers_than_weights(network):
    def change(manifest, arrays):
        object_of(manifest, "torch.nn.LSTM")["state"]["own"]["dict"]["num_layers"] = 10**9

    forge(network, change)
    with pytest.raises(DamagedModelError, match="more layers than weights"):
        load(network)


class tracing:
    def __enter__(self):
        tracemalloc.start()
        return lambda: tracemalloc.get_traced_memory()[1]

    def __exit__(self, *error):
        tracemalloc.stop()


def test_parts_of_scikit_learn_unpack_to_no_more_than_the_file(path):
    pytest.importorskip("skops")
    model = make_pipeline(
        CountVectorizer(), SGDClassifier(random_state=np.random.RandomState(0))
    ).fit(DOCUMENTS, LABELS)
    save(model, path)

    def bomb(manifest, arrays):
        (name,) = [name for name in arrays if name == "parts of scikit-learn"]
        target = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(arrays[name].tobytes())) as source,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed,
        ):
            for member in source.namelist():
                packed.writestr(member, source.read(member))
            packed.writestr("../../bomb.npy", bytes(1 << 28))
        arrays[name] = np.frombuffer(target.getvalue(), np.uint8)

    forge(path, bomb)
    assert path.stat().st_size < 1 << 20
    with tracing() as peak:
        with pytest.raises(DamagedModelError, match="more bytes than the file"):
            load(path)
        assert peak() < 8 << 20


def test_parts_of_scikit_learn_are_audited_by_skops(path):
    pytest.importorskip("skops")
    save(SGDClassifier(random_state=np.random.RandomState(0)), path)

    def change(manifest, arrays):
        source = zipfile.ZipFile(io.BytesIO(arrays["parts of scikit-learn"].tobytes()))
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as packed:
            for member in source.namelist():
                text = source.read(member)
                if member == "schema.json":
                    text = text.replace(b'"RandomState"', b'"system"')
                    text = text.replace(b'"numpy.random.mtrand"', b'"os"')
                    text = text.replace(b'"numpy.random"', b'"os"')
                packed.writestr(member, text)
        arrays["parts of scikit-learn"] = np.frombuffer(target.getvalue(), np.uint8)

    forge(path, change)
    with pytest.raises(DamagedModelError, match="parts of scikit-learn"):
        load(path)


@pytest.mark.parametrize(
    ("generator", "key", "kind", "new"),
    [
        (np.random.RandomState(0), "pos", "content", "1000000"),
        (np.random.RandomState(0), "pos", "content", "-1"),
        (np.random.Generator(np.random.MT19937(0)), "pos", "content", "1000000"),
        (np.random.Generator(np.random.Philox(0)), "buffer_pos", "content", "-1000000"),
        (np.random.RandomState(0), "state", "__loader__", "TupleNode"),
    ],
)
def test_places_in_generators_that_numpy_would_believe(generator, key, kind, new, path):
    """NumPy reads memory there, whatever the number is."""
    save(SGDClassifier(random_state=generator), path)

    def change(manifest, arrays):
        source = zipfile.ZipFile(io.BytesIO(arrays["parts of scikit-learn"].tobytes()))
        members = {name: source.read(name) for name in source.namelist()}
        schema = members["schema.json"].decode()
        pattern = rf'("{key}":{{[^{{}}]*"{kind}":")[^"]+'
        changed, n_changes = re.subn(pattern, rf"\g<1>{new}", schema)
        assert n_changes == 1
        members["schema.json"] = changed.encode()
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as packed:
            for name, content in members.items():
                packed.writestr(name, content)
        arrays["parts of scikit-learn"] = np.frombuffer(target.getvalue(), np.uint8)

    forge(path, change)
    with pytest.raises(DamagedModelError, match="a generator of random numbers"):
        load(path)


def test_a_table_of_another_size_than_its_words(path):
    save(EmbeddingVectorizer(VECTORS).fit(DOCUMENTS), path)
    forge(path, lambda manifest, arrays: arrays.update({"vectors/table": np.ones((3, 3), "f4")}))
    with pytest.raises(DamagedModelError, match="12 rows of float32"):
        load(path)


def test_a_size_that_is_not_that_of_the_vocabulary(path):
    save(SequenceVectorizer().fit(DOCUMENTS), path)

    def bomb(manifest, arrays):
        object_of(manifest, "textvec.SequenceVectorizer")["state"]["n_tokens_"] = 2**40

    forge(path, bomb)
    with pytest.raises(DamagedModelError, match="n_tokens_ must be 2 and the number of tokens"):
        load(path)


def test_parameters_that_a_later_version_adds_have_their_defaults(path):
    save(SequenceVectorizer(max_tokens=9).fit(DOCUMENTS), path)

    def earlier(manifest, arrays):
        del object_of(manifest, "textvec.SequenceVectorizer")["state"]["min_count"]

    forge(path, earlier)
    loaded = load(path)
    assert (loaded.min_count, loaded.max_tokens) == (SequenceVectorizer().min_count, 9)


FUZZ = """
import sys, warnings
sys.path.insert(0, {here!r})
warnings.simplefilter("ignore")
import numpy as np
import forging
from models import MODELS, DOCUMENTS
from textvec import load, save
from pathlib import Path
folder = Path({folder!r})
refused = 0
for at, (name, case) in enumerate(MODELS.items()):
    save(case.fitted(), folder / name, training_state=bool(at % 2))
    source = forging.read(folder / name)
    for seed in range({rounds}):
        forging.forge(folder / name, lambda manifest, arrays: None)
        rng = np.random.default_rng([at, seed])
        forging.forge(folder / name, lambda m, a: forging.change_at_random(rng, m, a))
        try:
            model = load(folder / name)
        except (ValueError, TypeError) as error:
            assert str(folder / name) in str(error), error
            refused += 1
        else:
            try:
                case.results(model)
            except Exception:
                pass  # it says something else than it did, and may not work
        forging.write_model_file(folder / name, *source)
print("alive", refused)
"""


def test_whatever_a_file_says_the_process_lives(tmp_path):
    """Checksums are right here: what is wrong must be found by what each class checks."""
    code = FUZZ.format(here=str(Path(__file__).parent), folder=str(tmp_path), rounds=3)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    word, refused = run.stdout.split()
    assert word == "alive"
    assert int(refused) > 30


def test_nothing_of_ours_is_needed_beyond_the_file(path):
    """Nor does another file beside it matter."""
    save(Vocabulary(["a"]), path)
    other = path.parent / "elsewhere"
    other.mkdir()
    moved = path.rename(other / "b")
    assert load(moved) == Vocabulary(["a"])
    assert load(str(moved)).tokens == ["a"]
    save(WordTokenizer(), str(moved))
    assert isinstance(load(moved), WordTokenizer)
