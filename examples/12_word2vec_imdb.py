"""Which pooling of word2vec's vectors classifies best?
====================================================

Word2Vec is trained on the training documents without labels. After the nearest neighbours of a few
words, a logistic regression classifies documents by their pooled vectors. tf-idf is the baseline.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
from _data import reviews, show
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from textvec import EmbeddingVectorizer, TfidfVectorizer, Word2Vec, WordTokenizer

data = reviews()
tokenizer = WordTokenizer(n_jobs=-1)
train, test = tokenizer.transform(data.X_train), tokenizer.transform(data.X_test)

# %%
# Vectors, without labels
# -----------------------
# Neighbours show whether there was enough text: with little of it, they are merely frequent words.
word2vec = Word2Vec("skipgram", max_iter=data.epochs, random_state=0, verbose=1).fit(train)
vectors = word2vec.vectors_
print(f"{vectors}, trained on {len(train.values):,} tokens")
for word in ("good", "awful", "film", "funny"):
    if word in vectors:
        print(f"nearest neighbours of {word!r}:\n{vectors.nearest(word, k=5)}")


# %%
# Five ways to make one vector of a document
# ------------------------------------------
def accuracy(*steps, documents=(train, test)):
    model = make_pipeline(*steps).fit(documents[0], data.y_train)
    return model.score(documents[1], data.y_test)


scores = {
    pooling: accuracy(
        EmbeddingVectorizer(vectors, pooling=pooling),
        StandardScaler(),
        LogisticRegression(max_iter=1_000),
    )
    for pooling in ("mean", "idf", "sif", "max")
}
scores["tf-idf"] = accuracy(
    TfidfVectorizer(sublinear_tf=True),
    LogisticRegression(C=10, max_iter=1_000),
    documents=(data.X_train, data.X_test),
)
for name, score in scores.items():
    print(f"{name:>8}  {score:.4f}")

# %%
# The answer
# ----------
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
axes[0].plot(range(1, word2vec.n_iter_ + 1), word2vec.loss_curve_, marker="o")
axes[0].set(xlabel="epoch", ylabel="mean loss per token", title="Learning curve")
axes[1].bar(list(scores), list(scores.values()))
axes[1].set(ylim=(0.5, 1), ylabel="accuracy on test documents", title=f"{data.name}, by pooling")
show(figure, "word2vec")

# %%
# What to try next
# ----------------
# - ``Word2Vec("cbow")``, faster; is it as good on little text?
# - ``FastText`` in place of ``Word2Vec``: words that were never seen have vectors, too.
# - ``embedding_dim=300`` with TEXTVEC_DATA.
