"""What to change where a training fails, in the words of the estimators' parameters."""

from __future__ import annotations

from ._errors import Advice

TOO_LARGE = (
    "not enough memory for the network and the rows: fit on fewer rows, lower what makes the "
    "network wide, such as hidden_size, or the number of tokens it knows (max_tokens of "
    "the vectorizer)."
)
_SHORTER = "cut long rows with SequencePadder(length=...)."
_NARROWER = f"what makes the network wide, such as hidden_size, or {_SHORTER}"

ADVICE = Advice(
    training_memory=f"lower batch_size (now {{batch_size}}), or {_NARROWER}",
    validation_memory=f"lower {_NARROWER}",
    prediction_memory=(
        "predict fewer rows at a time, or cut long ones with SequencePadder(length=...)."
    ),
    loss="lower learning_rate_init, weight_decay or clip_norm, or scale the input.",
)
