# A small image that serves a saved pipeline. From the project's folder:
#
#     docker build -f examples/27_serve.Dockerfile -t textvec-serve .
#     docker run -p 8000:8000 -v "$PWD/reviews.textvec:/model:ro" textvec-serve
#
# PIP_OPTIONS may name a package index with builds of torch for CPUs, which are smaller.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
ARG PIP_OPTIONS=""
RUN apt-get update && apt-get install -y --no-install-recommends g++
WORKDIR /source
COPY . .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir ${PIP_OPTIONS} -c constraints.txt ".[serve]"

FROM python:${PYTHON}-slim
COPY --from=build /venv /venv
COPY examples/27_serve.py /app/serve.py
RUN useradd --no-create-home server
USER server
EXPOSE 8000
HEALTHCHECK CMD ["/venv/bin/python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=2)"]
# One process, one thread of torch: start more containers rather than more threads.
CMD ["/venv/bin/python", "/app/serve.py", "serve", "/model", "--host", "0.0.0.0"]
