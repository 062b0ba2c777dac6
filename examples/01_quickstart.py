"""How do I classify texts in one pipeline?
========================================

Four steps: tokenize, map tokens to ids, truncate to 400 ids, train a bidirectional LSTM. The
report is on the test set; the plot shows the training loss by epoch and the predicted
probabilities of the test documents.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
from _data import reviews, show
from sklearn.metrics import classification_report
from sklearn.pipeline import make_pipeline

from textvec import RNNClassifier, SequencePadder, SequenceVectorizer, WordTokenizer

data = reviews()

# %%
# One pipeline from text to prediction
# ------------------------------------
# Tokens and ids are made once in ``fit``; the network then runs over the documents for some
# epochs, and prints the loss of each. In a notebook, as here, the fitted pipeline is a diagram.
model = make_pipeline(
    WordTokenizer(),
    SequenceVectorizer(max_tokens=20_000, min_count=2),
    SequencePadder(length=400),
    RNNClassifier(max_iter=data.epochs, random_state=0, verbose=1),
)
model.fit(data.X_train, data.y_train)

# %%
# ``summary`` shows the layers of the network, with the shape of their output and the number of
# their weights.
rnn = model[-1]
rnn.summary()

# %%
# Predictions
# -----------
# The pipeline takes raw text. The last three sentences have much the same words, in another order.
positive = model.predict_proba(data.X_test)[:, 1]
print(classification_report(data.y_test, positive > 0.5, digits=3))
for text in ("Not a dull minute.", "Not good, just expensive.", "Not expensive, just good."):
    print(f"{model.predict_proba([text])[0, 1]:.2f}  {text}")

# %%
# What it has learned
# -------------------
# Left, the training loss by epoch: where it is flat, the network has learned what it can of these
# reviews. Right, the probabilities of the test documents: a model that is sure and right has both
# colours at the ends.
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
axes[0].plot(range(1, rnn.n_iter_ + 1), rnn.loss_curve_, marker="o")
axes[0].set(xlabel="epoch", ylabel="training loss", title="Learning curve")
for label, name in ((0, "negative"), (1, "positive")):
    axes[1].hist(positive[data.y_test == label], bins=20, range=(0, 1), alpha=0.6, label=name)
axes[1].set(xlabel="predicted probability of the positive class", title="Test documents")
axes[1].legend()
show(figure, "quickstart")

# %%
# What to try next
# ----------------
# - Your own texts in place of ``data.X_train``: any list, column or array of str.
# - ``cell="gru"``, a quarter fewer weights, or ``pooling="mean"``.
# - More documents: with a few hundred, a bag of words is as good (:ref:`example 5
#   <sphx_glr_examples_05_bag_baseline.py>`).
