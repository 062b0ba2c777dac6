"""Text that tokenizers stumble over, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

# Each is special to a rule, a table or an encoding: joiners, separators, white space beyond
# ASCII, letters whose lower case is two characters, depends on its place or lies in another
# block, marks, digits that are no decimals, surrogates, and every width of storage.
SPECIAL = (
    " \t\n\r\0\x0b\x1c\x85\xa0\u2028\u3000_-.@~'’"
    "abAZ09éÉßÿµ²½ªΣσςİıKÅⒶǅＡ٣Ⅷ中ｱ"
    "\u0301\u0307\u0e01\u0e34\u0903\u20dd\u200d\ufe0f\U0001d400\U00010400\U0001e900\U000e0100"
    "\U00020000\U0001f468\ud800\udfff"
)

characters = st.one_of(st.sampled_from(SPECIAL), st.characters(), st.sampled_from("ab '"))
texts = st.text(characters, max_size=150)
latin1 = st.text(st.characters(max_codepoint=0xFF), max_size=150)
documents = st.lists(st.one_of(texts, latin1, st.text("aB c'\n-", max_size=200)), max_size=6)
