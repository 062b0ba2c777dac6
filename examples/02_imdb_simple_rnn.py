"""Are four recurrent layers better than one?
==========================================

Simple recurrent networks on IMDb, one layer and four, in the lecture's setting: 10,000 words, the
last 100 words of a review, an embedding of 32, a SimpleRNN of 32, RMSprop, batches of 128, a fifth
of the training reviews for validation. In Keras::

    model = Sequential([Embedding(10_000, 32), SimpleRNN(32), Dense(1, activation="sigmoid")])
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["acc"])
    model.fit(X, y, epochs=10, batch_size=128, validation_split=0.2)
"""

from __future__ import annotations

import matplotlib.pyplot as plt
from _data import reviews, show
from sklearn.pipeline import make_pipeline

from textvec import RNNClassifier, SequencePadder, SequenceVectorizer, WordTokenizer

data = reviews()

# %%
# One setting, two depths
# -----------------------
# Everything is as in the lecture. What ``RNNClassifier`` does otherwise by default (both
# directions, pooling, dropout, a linear path, averaged weights) is switched off, so that the
# layers are all that differs. Where training loss falls and validation accuracy does not rise, a
# network learns its training reviews by heart; early stopping restores the weights of the best
# epoch.
figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), sharey=True)

for axis, num_layers in zip(axes, (1, 4), strict=True):
    model = make_pipeline(
        WordTokenizer("keras"),
        SequenceVectorizer(max_tokens=10_000),
        SequencePadder(length=100),
        RNNClassifier(
            cell="rnn",
            num_layers=num_layers,
            embedding_dim=32,
            hidden_size=32,
            bidirectional=False,
            pooling="last",
            dropout=0.0,
            token_dropout=0.0,
            wide=0,
            learning_rate_init=1e-3,
            average=False,
            optimizer="rmsprop",
            batch_size=128,
            early_stopping=True,  # restores the weights of the best epoch
            validation_fraction=0.2,
            max_iter=10,
            random_state=0,
        ),
    )
    model.fit(data.X_train, data.y_train)
    rnn = model[-1]
    print(f"\n{num_layers} recurrent layer(s)")
    rnn.summary()
    print(f"best validation accuracy {max(rnn.validation_scores_):.3f}")
    print(f"test accuracy            {model.score(data.X_test, data.y_test):.3f}")
    epochs = range(1, rnn.n_iter_ + 1)
    axis.plot(epochs, rnn.loss_curve_, marker="o", label="training loss")
    axis.plot(epochs, rnn.validation_scores_, marker="o", label="validation accuracy")
    axis.set(xlabel="epoch", title=f"{num_layers} SimpleRNN layer(s)")
    axis.legend()

if data.name != "IMDb":
    print("\nToo few documents for these networks: set TEXTVEC_DATA to run them on IMDb.")
show(figure, "imdb_simple_rnn")

# %%
# What to try next
# ----------------
# - ``cell="lstm"``: is one layer of it better than four simple ones?
# - ``SequencePadder(length=500)``: more of each review, and a longer way back for the gradient.
# - ``pooling="max"``, so that the last state need not hold everything.
