"""Which medical concepts belong together?
=======================================

Vectors of concepts from their co-occurrence counts. If TEXTVEC_DATA names a folder with the data:
counts of 100 concepts in 20 million clinical notes (Beam et al., 2018), evaluated by the
similarity of tumours, with names from the authors' benchmarks. Otherwise: synthetic patients with
one of three conditions, its codes, and some random codes.
"""

from __future__ import annotations

import csv
import os
import tarfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from _data import show

from textvec import ConceptVectors, WordMapDisplay, WordVectors

N_NOTES = 261_397  # the denominator of probabilities in the paper
NAMES = [("CUI", "String"), ("CUI_Cause", "Cause"), ("CUI_Result", "Result")]
CONDITIONS = {
    "diabetes": ["E11.9", "E78.5", "I10", "N18.3", "metformin", "HbA1c", "eye exam"],
    "asthma": ["J45", "J30", "L20", "salbutamol", "fluticasone", "spirometry"],
    "pregnancy": ["Z34", "O24", "ultrasound", "folic acid", "glucose test", "O80"],
}


def benchmark_files(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Read the rows of each benchmark file, by name."""
    with tarfile.open(folder / "cui2vec_benchmarks.tar.xz") as archive:
        files = {m.name: archive.extractfile(m) for m in archive if m.name.endswith(".txt")}
        return {
            Path(name).stem: list(
                csv.DictReader(
                    file.read().decode("utf-8", "replace").splitlines(),
                    delimiter="\t",
                    quoting=csv.QUOTE_NONE,
                )
            )
            for name, file in files.items()
        }


# %%
# From counts
# -----------
# Where only counts of pairs are published, ``fit_cooccurrence`` learns from a table of them.
def clinical_notes(folder: Path) -> tuple[WordVectors, dict[str, list[str]]]:
    import pandas as pd

    table = pd.read_csv(folder / "cui_cooccurrence_100.csv.gz")
    counts = pd.read_csv(folder / "cui_counts_100.csv.gz")
    # The counts of a concept with itself are large and would dominate its vector.
    table = table[table.cui1 != table.cui2]
    learner = ConceptVectors(embedding_dim=20, smoothing=1.0, n_total=N_NOTES)
    vectors = learner.fit_cooccurrence(table, counts).vectors_
    files = benchmark_files(folder)
    names = {}
    for rows in files.values():
        for code, name in NAMES:
            names |= {row[code]: row[name] for row in rows if row.get(code) and row.get(name)}
    readable = [names.get(concept, concept) for concept in vectors]
    tumours = {row["CUI"] for row in files["neoplastic_process"]}
    groups = {"tumours": [name for c, name in zip(vectors, readable) if c in tumours]}
    return WordVectors(readable, vectors.matrix), groups


# %%
# From patients
# -------------
# Otherwise each patient is a list of codes: two of them co-occur if a patient has both.
def made_up_patients() -> tuple[WordVectors, dict[str, list[str]]]:
    rng = np.random.default_rng(0)
    everything = [code for codes in CONDITIONS.values() for code in codes]
    patients = []
    for _ in range(100):
        codes = CONDITIONS[rng.choice(list(CONDITIONS))]
        by_chance = rng.choice(everything, size=rng.integers(0, 3))
        patients.append([*rng.choice(codes, size=3, replace=False), *by_chance])
    patients = [[str(code) for code in codes] for codes in patients]
    learner = ConceptVectors(embedding_dim=5, smoothing=1.0, random_state=0)
    print("patients as mean vectors:", learner.fit_transform(patients).shape)
    return learner.vectors_, CONDITIONS


# %%
# The vectors
# -----------
folder = Path(os.environ.get("TEXTVEC_DATA", "."))
if (folder / "cui_cooccurrence_100.csv.gz").exists():
    vectors, groups = clinical_notes(folder)
else:
    print("no counts of clinical notes: using synthetic patients")
    vectors, groups = made_up_patients()
print(vectors)

# %%
# The answer
# ----------
# Concepts that belong together should be closer than two concepts on average.
cosines = np.array([vectors.similarity(a, b) for a in vectors for b in vectors])
cosines = cosines.reshape(len(vectors), -1)
apart = ~np.eye(len(vectors), dtype=bool)
print(f"mean cosine of two concepts: {cosines[apart].mean():.2f}")
for name, members in groups.items():
    rows = vectors.vocabulary.lookup(members)
    within = cosines[np.ix_(rows, rows)][~np.eye(len(rows), dtype=bool)].mean()
    print(f"mean cosine of two {name}: {within:.2f}")
    for concept in members[:2]:
        print(f"nearest neighbours of {concept}:\n{vectors.nearest(concept, k=4)}")

# %%
# A map of the concepts
# ---------------------
figure, ax = plt.subplots(figsize=(7, 5))
WordMapDisplay.from_vectors(vectors, [c for group in groups.values() for c in group], ax=ax)
show(figure, "concept_vectors")

# %%
# What to try next
# ----------------
# - ``smoothing=0.75``, the authors' choice for large tables.
# - ``method="glove"`` or ``"word2vec"``: other learners on the same rows.
# - ``learner.transform(patients)``: a vector for each patient, before any model.
