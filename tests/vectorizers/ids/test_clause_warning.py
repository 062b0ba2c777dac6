"""Documents of languages without spaces, whose words a word tokenizer does not find."""

from __future__ import annotations

import warnings

import pytest

from textvec import CharTokenizer, OneHotVectorizer, SequenceVectorizer

CHINESE = ["我喜欢这部电影的音乐", "这是浪费时间的电影", "good film"]
THAI = ["หนังเรื่องนี้ดีมากและสนุก", "แย่มากเสียเวลาที่ไปดูหนังเรื่องนี้"]
JAPANESE = ["この映画はとても良かった", "最悪だった。時間の無駄遣いです"]


@pytest.mark.parametrize("documents", [CHINESE, THAI, JAPANESE], ids=["zh", "th", "ja"])
@pytest.mark.parametrize("vectorizer", [SequenceVectorizer(), OneHotVectorizer()], ids=str)
def test_clauses_warn(vectorizer, documents):
    with pytest.warns(UserWarning, match="most tokens are as long as .*CharTokenizer"):
        vectorizer.fit(documents)


@pytest.mark.parametrize(
    ("vectorizer", "documents"),
    [
        (SequenceVectorizer(tokenizer=CharTokenizer()), CHINESE + THAI),
        (SequenceVectorizer(), ["我 喜欢 这 部 电影", "コンピューター は 良い"]),
        (SequenceVectorizer(), ["ภาพยนตร์ เรื่อง นี้ ประชาสัมพันธ์ ดี"]),
        (SequenceVectorizer(), ["antidisestablishmentarianism", "यह फिल्म बहुत अच्छी है"]),
        (SequenceVectorizer(), [CHINESE[0], "a film about something else entirely"]),
    ],
)
def test_words_do_not(vectorizer, documents):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vectorizer.fit(documents)
