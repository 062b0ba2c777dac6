"""The server of example 27, driven by clients over 127.0.0.1."""

from __future__ import annotations

import asyncio
import http.client
import importlib.util
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import textvec
from textvec.datasets import load_reviews

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
EXAMPLE = Path(__file__).parents[2] / "examples" / "27_serve.py"
ADDRESS = re.compile(r"running on http://127.0.0.1:(\d+)")


class Server:
    def __init__(self, path):
        command = [sys.executable, str(EXAMPLE), "serve", str(path), "--port", "0"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := ADDRESS.search(line):
                self.port = int(found[1])
                return
        raise RuntimeError("the server did not start")

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request(method, path, body, headers or {"content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def predict(self, text, **options):
        return self.ask("POST", "/predict", json.dumps({"text": text, **options}))

    def close(self):
        self.process.kill()
        self.process.stderr.close()
        self.process.wait()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    X, y = load_reviews(subset="train", return_X_y=True)
    model = make_pipeline(
        textvec.SequenceVectorizer(max_tokens=2000),
        textvec.SequencePadder(length=100),
        textvec.RNNClassifier(hidden_size=8, embedding_dim=8, max_iter=2, random_state=0),
    ).fit(X[::4], y[::4])
    path = tmp_path_factory.mktemp("saved") / "model.textvec"
    textvec.save(model, path)
    return model, path


@pytest.fixture(scope="module")
def server(saved):
    server = Server(saved[1])
    yield server
    server.close()


@pytest.fixture(scope="module")
def texts():
    return load_reviews(subset="test", return_X_y=True)[0]


def assert_answers(model, texts, answers):
    probabilities = model.predict_proba(texts)
    for row, (status, answer) in enumerate(answers):
        assert status == 200, answer
        assert answer["label"] == str(model.classes_[probabilities[row].argmax()])
        assert answer["probability"] == pytest.approx(probabilities[row].max(), abs=1e-6)


def test_eight_clients_get_their_own_answers(server, saved, texts):
    before = server.ask("GET", "/info")[1]
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(server.predict, texts))
    assert_answers(saved[0], texts, answers)
    after = server.ask("GET", "/info")[1]
    n_documents = after["documents"] - before["documents"]
    assert n_documents == len(texts)
    assert after["batches"] - before["batches"] < n_documents, "no request waited for another"


def test_the_tokens_that_decided(server, saved):
    text = "Not a dull minute."
    answer = server.predict(text)[1]
    expected = textvec.token_saliency(saved[0], [text]).strongest(5)[0]
    assert [t["token"] for t in answer["tokens"]] == [token for token, _ in expected]
    assert [t["score"] for t in answer["tokens"]] == pytest.approx([s for _, s in expected])
    assert server.predict(text, explain=False)[1]["tokens"] is None


@pytest.mark.parametrize("text", ["", " ", "newt", "\0", "😀 ไทย", "a " * 20_000])
def test_odd_texts_are_answered(server, saved, text):
    assert_answers(saved[0], [text], [server.predict(text)])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b'{"texts": ["a"]}', 422),
        (b'{"text": null}', 422),
        (b'{"text": 5}', 422),
        (b'{"text": ["a"]}', 422),
        (b'{"text": "a", "explain": "yes"}', 422),
        (b'{"text": "a", "explain": 1}', 422),
        (b'{"text": "\\ud800"}', 422),
        (b'{"\\ud800": "a"}', 422),
        (b"\x00\xff\xfe\x80" * 100, 422),
        (b"\xff" * 100, 400),
        (json.dumps({"text": "a" * 60_000}).encode(), 422),
        (b" " * 300_000, 413),
    ],
)
def test_bad_bodies_are_refused(server, body, status):
    answer = server.ask("POST", "/predict", body)
    assert answer[0] == status
    assert answer[1]["detail"]
    assert len(json.dumps(answer[1])) < 1000
    assert server.predict("a fine film")[0] == 200


def test_a_body_without_end_is_refused(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=600) as client:
        client.sendall(b"POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(1000):
                client.sendall(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
        except OSError:
            pass  # the server closed the connection
        else:
            pytest.fail("64 MB were read")
    assert server.predict("a fine film")[0] == 200


def test_health_and_info(server):
    assert server.ask("GET", "/health") == (200, {"status": "ok"})
    info = server.ask("GET", "/info")[1]
    assert info["textvec"] == textvec.__version__
    assert info["classes"] == ["0", "1"]
    assert info["explains"] is True


def outcome(server, text):
    try:
        return server.predict(text)
    except (OSError, http.client.HTTPException) as error:
        return error


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_server_answers_right_or_breaks_the_connection(saved, texts, how):
    server = Server(saved[1])
    try:
        with ThreadPoolExecutor(8) as clients:
            ask = partial(outcome, server)
            asked, outcomes = texts[:30], list(clients.map(ask, texts[:30]))
            assert not [o for o in outcomes if isinstance(o, Exception)]
            server.process.send_signal(how)
            while not isinstance(outcomes[-1], Exception):  # until it has ended
                asked, outcomes = asked + texts, outcomes + list(clients.map(ask, texts))
    finally:
        server.close()
    answered = [row for row, o in enumerate(outcomes) if not isinstance(o, Exception)]
    assert_answers(saved[0], [asked[row] for row in answered], [outcomes[row] for row in answered])


TEXTS = ["good film", "bad film", "a good plot", "a bad plot"]
TINY = {"max_iter": 1, "random_state": 0}


def start_app(example, path):
    """Make the application, and enter and leave it as a server does."""
    app = example.create_app(path)

    async def run():
        async with app.router.lifespan_context(app):
            answer = await app.state.batcher.predict(example.Document(text="good film"))
            return answer, await app.router.routes[-1].endpoint()

    return asyncio.run(run())


def test_a_bag_of_words_is_served_without_tokens(example, tmp_path):
    model = make_pipeline(textvec.TfidfVectorizer(), LogisticRegression())
    model.fit(TEXTS, ["yes", "no", "yes", "no"])
    textvec.save(model, tmp_path / "bag.textvec")
    answer, info = start_app(example, tmp_path / "bag.textvec")
    assert answer.label == "yes"
    assert answer.probability == pytest.approx(model.predict_proba(["good film"]).max())
    assert answer.tokens is None
    assert (info["classes"], info["explains"]) == (["no", "yes"], False)


NO_CLASSIFIERS = [
    (textvec.RNNRegressor(**TINY), [1.0, 0.0, 1.0, 0.5], "a classifier with predict_proba"),
    (textvec.SequenceMLPClassifier(**TINY), [[1, 0], [1, 1], [0, 0], [1, 0]], "one label a text"),
    (
        textvec.RNNTagger(**TINY),
        [list("ab"), list("ab"), list("aba"), list("abb")],
        "a text|needed",
    ),
    (LinearSVC(), [1, 0, 1, 0], "a classifier with predict_proba"),
]


@pytest.mark.parametrize(
    ("model", "y", "message"), NO_CLASSIFIERS, ids=lambda value: str(value)[:9]
)
def test_what_is_no_classifier_of_texts_is_not_served(example, model, y, message, tmp_path):
    is_network = type(model).__module__.startswith("textvec")
    first = textvec.SequenceVectorizer() if is_network else textvec.TfidfVectorizer()
    textvec.save(make_pipeline(first, model).fit(TEXTS, y), tmp_path / "model")
    with pytest.raises(TypeError, match=message):
        example.create_app(tmp_path / "model")


def test_a_network_without_its_vectorizer_is_not_served(example, saved, tmp_path):
    textvec.save(saved[0][-1], tmp_path / "network.textvec")
    with pytest.raises(ValueError, match="put a vectorizer before it"):
        example.create_app(tmp_path / "network.textvec")


@pytest.mark.parametrize("content", [None, b"no model"])
def test_a_file_that_can_not_be_served_is_named(example, content, tmp_path, monkeypatch):
    path = tmp_path / "model.textvec"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE), "serve", str(path)])
    with pytest.raises(SystemExit) as ended:
        example.main()
    # Python writes a str to standard error, without a traceback, and ends with status 1.
    assert ended.value.code.startswith(f"{path} can't be served: ")


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("serve", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    sys.modules["serve"] = module  # where pydantic looks annotations up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["serve"]


class Lengths:
    """Predicts from the length of a document, once it may."""

    classes_ = np.array(["short", "long"])

    def __init__(self):
        self.may = threading.Event()

    def predict_proba(self, documents):
        self.may.wait()
        if "bad" in documents:
            raise ValueError("a bad document")
        return np.array([[1 - len(d) / 10, len(d) / 10] for d in documents])


def test_requests_over_the_limit_are_refused_at_once(example, monkeypatch):
    monkeypatch.setattr(example, "MAX_WAITING", 3)

    async def run():
        model = Lengths()
        batcher = example.Batcher(model)
        document = example.Document(text="aaaaaaaa", explain=False)
        first = asyncio.create_task(batcher.predict(document))
        while not batcher.is_computing:
            await asyncio.sleep(0.001)
        waiting = [asyncio.create_task(batcher.predict(document)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(asyncio.QueueFull):
            await batcher.predict(document)
        model.may.set()
        answers = await asyncio.gather(first, *waiting)
        await batcher.close()
        return answers, batcher.n_batches

    answers, n_batches = asyncio.run(run())
    assert [a.label for a in answers] == ["long"] * 4
    assert n_batches == 2


def test_a_batch_that_fails_does_not_stop_the_next(example):
    async def run():
        model = Lengths()
        model.may.set()
        batcher = example.Batcher(model)
        with pytest.raises(ValueError, match="bad document"):
            await batcher.predict(example.Document(text="bad", explain=False))
        answer = await batcher.predict(example.Document(text="a", explain=False))
        await batcher.close()
        return answer

    assert asyncio.run(run()).label == "short"
