r"""How do I serve a saved pipeline over HTTP?
==========================================

One process, waiting requests answered in batches. Train and save a classifier of reviews, then
serve it (``pip install ".[serve]"``)::

    python examples/27_serve.py train reviews.textvec
    python examples/27_serve.py serve reviews.textvec --port 8000

    curl localhost:8000/predict -H 'content-type: application/json' \
         -d '{"text": "Not a dull minute."}'

The answer holds the label, its probability and the tokens that decided. Requests that arrive while
the network computes wait, and are then answered together: a batch costs less than its documents
one by one.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sklearn.base import is_classifier
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import textvec

MAX_BODY = 200_000  # bytes
MAX_TEXT = 50_000  # characters
MAX_SECONDS = 10  # for a client to send the body
MAX_BATCH = 64  # documents computed together
MAX_WAITING = 1_000  # requests; more are refused with status 503


class Document(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: Annotated[str, Field(max_length=MAX_TEXT, examples=["Not a dull minute."])]
    explain: bool = True


class Token(BaseModel):
    """A token, and how much it contributes to the label: negative if it speaks against."""

    token: str
    score: float


class Prediction(BaseModel):
    """The body of an answer."""

    label: str
    probability: float
    tokens: list[Token] | None  # None where they were not asked for, or can't be found


def load_classifier(path: str | Path) -> Any:
    """Return a saved classifier of texts, tried on a document before the first client comes."""
    model = textvec.load(path)
    kind = type(model).__name__
    if not is_classifier(model) or not hasattr(model, "predict_proba"):
        raise TypeError(f"a classifier with predict_proba is needed, and it holds a {kind}.")
    if np.ndim(model.predict(["A first document."])) != 1:
        raise TypeError(f"one label a text is needed, and its {kind} predicts several.")
    return model


def can_explain(model: Any) -> bool:
    """Return whether the tokens that decide can be found: of a network, not of a bag of words."""
    try:
        textvec.token_saliency(model, ["A first document."])
    except TypeError:
        return False
    return True


def predict(model: Any, documents: list[Document], explains: bool) -> list[Prediction]:
    """Return the predictions of a batch."""
    explained = [row for row, document in enumerate(documents) if explains and document.explain]
    plain = sorted({*range(len(documents))} - {*explained})
    found: dict[int, Prediction] = {}
    if explained:  # which tells label and probability, too
        saliency = textvec.token_saliency(model, [documents[row].text for row in explained])
        parts = zip(saliency.targets, saliency.values, saliency.strongest(5))
        for row, (label, probability, strongest) in zip(explained, parts):
            tokens = [Token(token=token, score=score) for token, score in strongest]
            found[row] = Prediction(label=str(label), probability=probability, tokens=tokens)
    if plain:
        probabilities = model.predict_proba([documents[row].text for row in plain])
        for row, proba in zip(plain, probabilities):
            label = model.classes_[proba.argmax()]
            found[row] = Prediction(label=str(label), probability=proba.max(), tokens=None)
    return [found[row] for row in range(len(documents))]


@dataclass
class Waiting:
    """A request and its answer to come."""

    document: Document
    answer: asyncio.Future[Prediction]


class Batcher:
    """Computes the documents that wait, together, in one thread."""

    def __init__(self, model: Any, explains: bool = True) -> None:
        self._model = model
        self._explains = explains
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="predict")
        self._waiting: asyncio.Queue[Waiting] = asyncio.Queue(MAX_WAITING)
        self._task = asyncio.create_task(self._run())
        self.is_computing = False
        self.n_documents = self.n_batches = 0

    @property
    def is_running(self) -> bool:
        """Whether requests are being answered."""
        return not self._task.done()

    async def predict(self, document: Document) -> Prediction:
        """Return the prediction of a document; raise asyncio.QueueFull if too many wait."""
        waiting = Waiting(document, asyncio.get_running_loop().create_future())
        self._waiting.put_nowait(waiting)
        return await waiting.answer

    async def close(self) -> None:
        """Answer what waits, then stop."""
        await self._waiting.join()
        self._task.cancel()
        self._thread.shutdown()

    async def _run(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < MAX_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await self._answer(batch)
            for _ in batch:
                self._waiting.task_done()

    async def _answer(self, batch: list[Waiting]) -> None:
        documents = [waiting.document for waiting in batch]
        loop = asyncio.get_running_loop()
        self.is_computing = True
        try:
            answers = await loop.run_in_executor(
                self._thread, predict, self._model, documents, self._explains
            )
        except Exception as error:
            answers = [error] * len(batch)
        self.is_computing = False
        for waiting, answer in zip(batch, answers):
            if waiting.answer.done():  # the client is gone
                continue
            if isinstance(answer, Exception):
                waiting.answer.set_exception(answer)
            else:
                waiting.answer.set_result(answer)
        self.n_documents += len(batch)
        self.n_batches += 1


class BodyLimit:
    """Refuses bodies of more than MAX_BODY bytes, or too slow ones, before they fill the memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then hand the request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            async with asyncio.timeout(MAX_SECONDS):
                messages = await whole_body(receive)
        except TimeoutError:
            late = refuse(408, f"no whole body in {MAX_SECONDS} seconds")
            return await late(scope, receive, send)
        if messages is None:
            return await refuse(413, f"more than {MAX_BODY:,} bytes")(scope, receive, send)

        async def read_again() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, read_again, send)


async def whole_body(receive: Receive) -> list[Message] | None:
    """Return the messages that hold a body, None if it has more than MAX_BODY bytes."""
    messages, size, more = [], 0, True
    while more and size <= MAX_BODY:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    return messages if size <= MAX_BODY else None


def refuse(status: int, detail: str) -> JSONResponse:
    """Return an answer after which the connection is closed."""
    return JSONResponse({"detail": detail}, status, headers={"connection": "close"})


async def invalid_request(_: Request, error: Exception) -> JSONResponse:
    """Answer 422 with what is wrong and where, without the text itself."""
    assert isinstance(error, RequestValidationError)
    wrong = [{"where": list(e["loc"]), "what": e["msg"]} for e in error.errors()]
    return JSONResponse({"detail": wrong}, 422)


def create_app(path: str | Path) -> FastAPI:
    """Return the application that serves a saved pipeline."""
    model = load_classifier(path)
    explains = can_explain(model)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.batcher = Batcher(model, explains)
        yield
        await app.state.batcher.close()

    app = FastAPI(title="A textvec pipeline", version=textvec.__version__, lifespan=lifespan)
    app.add_middleware(BodyLimit)
    app.exception_handler(RequestValidationError)(invalid_request)

    @app.post("/predict")
    async def predict_document(document: Document) -> Prediction:
        try:
            return await app.state.batcher.predict(document)
        except asyncio.QueueFull:
            detail = f"{MAX_WAITING} requests are waiting: try again later"
            raise HTTPException(503, detail, headers={"retry-after": "1"}) from None

    @app.get("/health")
    async def health() -> dict[str, str]:
        if not app.state.batcher.is_running:
            raise HTTPException(503, "predictions have stopped: restart the process")
        return {"status": "ok"}

    @app.get("/info")
    async def info() -> dict[str, Any]:
        batcher = app.state.batcher
        return {
            "textvec": textvec.__version__,
            "classes": [str(label) for label in model.classes_],
            "explains": explains,
            "documents": batcher.n_documents,
            "batches": batcher.n_batches,
            "limits": {"text": MAX_TEXT, "body": MAX_BODY, "waiting": MAX_WAITING},
        }

    return app


def train(path: str) -> None:
    """Train on reviews, and save the pipeline."""
    from _data import reviews
    from sklearn.pipeline import make_pipeline

    data = reviews()
    model = make_pipeline(
        textvec.SequenceVectorizer(max_tokens=20_000, min_count=2),
        textvec.SequencePadder(length=400),
        textvec.RNNClassifier(
            cell="lstm",
            hidden_size=32,
            bidirectional=True,
            pooling="max",
            dropout=0.5,
            learning_rate_init=3e-3,
            max_iter=data.epochs,
            random_state=0,
        ),
    )
    model.fit(data.X_train, data.y_train)
    print(f"accuracy on test documents: {model.score(data.X_test, data.y_test):.3f}")
    textvec.save(model, path)
    print(f"saved as {path}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Serve a saved pipeline.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("train").add_argument("path")
    serve = commands.add_parser("serve")
    serve.add_argument("path")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--threads", type=int, default=1, help="of torch, for one batch")
    options = parser.parse_args()
    if options.command == "train":
        return train(options.path)
    torch.set_num_threads(options.threads)
    try:
        app = create_app(options.path)
    except (OSError, TypeError, ValueError) as error:
        raise SystemExit(f"{options.path} can't be served: {error}") from None
    uvicorn.run(app, host=options.host, port=options.port)


if __name__ == "__main__":
    main()

# %%
# What to try next
# ----------------
# - ``"explain": false`` in the request: an answer without tokens, and faster.
# - ``benchmarks/serving.py``: the load that one process takes.
# - ``27_serve.Dockerfile``: the same in a container.
