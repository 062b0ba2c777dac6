"""Functions and classes by the names that other libraries have for them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from difflib import get_close_matches
from importlib.util import find_spec

_IMDB = "textvec.datasets.fetch_imdb(), or load_reviews(), which needs no download"
# What to write here, and what Keras, torch, torchtext, gensim, fastText, scikit-learn, NLTK and
# others call it.
_PEERS = {
    # Texts and ids.
    'SequenceVectorizer(tokenizer=WordTokenizer("keras"))': "Tokenizer",
    'SequenceVectorizer(tokenizer=WordTokenizer("keras_v3"))': "TextVectorization",
    "SequenceVectorizer()": "StringLookup IntegerLookup TextVectorizer IdVectorizer",
    "SequenceVectorizer().fit(texts).vocabulary_": "Dictionary Vocab vocab "
    "build_vocab_from_iterator",
    "SequencePadder(length=...).transform(rows)": "pad_sequences pad_sequence Padder pad",
    "SequenceTruncator(length=...)": "Truncate truncate Truncator",
    "WordTokenizer().transform(texts)": "text_to_word_sequence simple_preprocess tokenize "
    "word_tokenize get_tokenizer RegexpTokenizer TweetTokenizer basic_english_normalize",
    "split_sentences(text)": "sent_tokenize PunktSentenceTokenizer SentenceTokenizer",
    'SubwordTokenizer(path="tokenizer.json")': "AutoTokenizer PreTrainedTokenizerFast",
    'SubwordTokenizer("bpe")': "BPE BpeTokenizer BytePairTokenizer ByteLevelBPETokenizer "
    "SentencePieceProcessor",
    'SubwordTokenizer("wordpiece")': "WordPiece WordPieceTokenizer BertTokenizer",
    'SubwordTokenizer("unigram")': "Unigram UnigramTokenizer",
    "OneHotVectorizer()": "one_hot OneHotEncoder OneHot MultiHot",
    "HashingSequenceVectorizer()": "hashing_trick Hashing",
    "HashingVectorizer()": "FeatureHasher",
    "CountVectorizer(ngram_range=(1, 2))": "ngrams_iterator bigrams ngrams everygrams BagOfWords",
    "KmerTokenizer(k=...)": "KmerVectorizer KmerCountVectorizer kmers get_kmers",
    "TfidfVectorizer()": "TfidfTransformer TfidfModel Tfidf TfIdf",
    "BM25Transformer()": "BM25 BM25Okapi OkapiBM25Model LuceneBM25Model BM25Vectorizer",
    # Vectors.
    "WordVectors.load(path)": "KeyedVectors Vectors CharNGram StaticModel load_word2vec_format "
    "load_vectors load_facebook_vectors load_facebook_model Magnitude",
    "textvec.datasets.fetch_glove()": "fetch_glove load_glove GloveVectors pretrained_aliases",
    'Word2Vec(method="skipgram")': "skipgrams make_sampling_table SkipGram",
    'Word2Vec(method="cbow")': "CBOW",
    "FastText().fit(texts)": "train_unsupervised",
    "GloVe().fit(texts)": "Glove",
    "RNNClassifier(), behind a vectorizer": "train_supervised TextClassifier SequenceClassifier",
    "textvec.datasets.read_text(path)": "read_text LineSentence PathLineSentences Text8Corpus "
    "load_files TextLineDataset text_dataset_from_directory read_csv",
    "Doc2Vec().fit(texts), whose rows are the tags": "TaggedDocument Doc2vec",
    'DocumentDistance(vectors, metric="wmd")': "WmdSimilarity WordMoversDistance",
    'DocumentDistance(vectors, metric="cosine")': "SoftCosineSimilarity",
    "EmbeddingVectorizer(vectors)": "WordEmbedding EmbeddingTransformer",
    'EmbeddingVectorizer(vectors, pooling="mean")': "SentenceTransformer Embeddings",
    # Networks.
    "RNNClassifier(), which is a whole network": "Sequential Model Functional Module layers nn",
    'RNNClassifier(cell="rnn")': "SimpleRNN SimpleRNNCell RNN RNNCell",
    'RNNClassifier(cell="lstm")': "LSTM LSTMCell LSTMClassifier",
    'RNNClassifier(cell="gru")': "GRU GRUCell GRUClassifier",
    "RNNClassifier(bidirectional=True)": "Bidirectional BiLSTM BiRNN",
    "RNNClassifier(num_layers=2)": "StackedRNNCells StackedRNN",
    "RNNClassifier(embedding_dim=...)": "Embedding EmbeddingBag",
    'SequenceMLPClassifier(pooling="flatten", length=...)': "Flatten Dense MLPClassifier MLP",
    "SequenceCNNClassifier()": "Conv1D CNNClassifier TextCNN",
    'RNNClassifier(pooling="max")': "GlobalMaxPooling1D GlobalMaxPool1D",
    'RNNClassifier(pooling="mean")': "GlobalAveragePooling1D GlobalAvgPool1D",
    'RNNClassifier(pooling="attention")': "Attention",
    "RNNClassifier(dropout=...)": "Dropout SpatialDropout1D",
    "RNNClassifier(mask_value=...)": "Masking",
    "RNNClassifier(early_stopping=True)": "EarlyStopping",
    "RNNClassifier(checkpoint=folder)": "ModelCheckpoint BackupAndRestore",
    'RNNClassifier(learning_rate="linear")': "ReduceLROnPlateau LearningRateScheduler",
    "RNNTagger(crf=True)": "CRF BiLSTMCRF CRFTagger",
    "RNNTagger()": "SequenceTagger NERTagger Tagger RNNSequenceTagger",
    "RNNLanguageModel()": "LanguageModel CharRNN",
    "Seq2Seq()": "EncoderDecoder Translator Seq2seq Seq2SeqClassifier",
    "RNNEncoder(model)": "Encoder RNNTransformer RNNVectorizer",
    "StepwiseTransformer(StandardScaler())": "TimeDistributed TimeSeriesScalerMeanVariance Scaler",
    "StepwiseTransformer(MinMaxScaler())": "TimeSeriesScalerMinMax",
    "WindowTransformer(length=...)": "TimeseriesGenerator timeseries_dataset_from_array",
    "fit(X, y), which encodes the labels": "to_categorical LabelEncoder LabelBinarizer",
    "token_saliency(model, texts)": "saliency shap lime eli5 explain_prediction show_prediction "
    "LimeTextExplainer IntegratedGradients LayerIntegratedGradients",
    "NetworkDisplay.from_estimator(model)": "plot_model",
    "LearningCurveDisplay.from_estimator(model)": "plot_history plot_loss",
    # Files and data.
    "textvec.load(path)": "load_model load_weights from_pretrained",
    "textvec.save(model, path)": "save_model save_weights save_pretrained dump",
    _IMDB: "imdb IMDB load_imdb load_data fetch_imdb",
    "textvec.datasets.load_reviews()": "load_reviews fetch_reviews",
    'textvec.datasets.read_text("genes.fa.gz")': "read_fasta load_fasta parse_fasta SeqIO",
}
_HERE = {peer: here for here, peers in _PEERS.items() for peer in peers.split()}


def _bare(name: str) -> str:
    """Return a name as those who are not sure of its case and underscores would look it up."""
    return name.lower().replace("_", "")


_HERE_BARE = {_bare(peer): here for peer, here in _HERE.items()}
# Modules of Keras, torchtext, gensim and scikit-learn.
_MODULES = ["preprocessing", "feature_extraction", "text", "sequence", "models", "utils", "data"]
_SELECTION = "train_test_split cross_val_score cross_val_predict GridSearchCV RandomizedSearchCV"
# What works as it is, from the module that has it.
_OF_SKLEARN = {
    **dict.fromkeys(("Pipeline", "make_pipeline", "FeatureUnion"), "sklearn.pipeline"),
    **dict.fromkeys(("ColumnTransformer", "make_column_transformer"), "sklearn.compose"),
    **dict.fromkeys(_SELECTION.split(), "sklearn.model_selection"),
    **dict.fromkeys(("LogisticRegression", "SGDClassifier"), "sklearn.linear_model"),
    **dict.fromkeys(("fetch_20newsgroups", "fetch_openml"), "sklearn.datasets"),
    "ProgressBar": "sklearn.callback",
    "ENGLISH_STOP_WORDS": "sklearn.feature_extraction.text",
}


def names_of_part(module: str, known: Collection[str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a part of textvec, for the names that it does not have.

    Parameters
    ----------
    module : str
        Its name.
    known : collection of str
        The names that it has.
    """

    def missing(name: str) -> object:
        raise no_such_name(module, name, known)

    return missing


def no_such_name(module: str, name: str, known: Collection[str]) -> AttributeError | ImportError:
    """Return the error of a name that a module does not have, with the one that does it here.

    To be called by the ``__getattr__`` of the module: the importer would replace an AttributeError
    by an ImportError of its own, without the message, so that it gets one with it.

    Parameters
    ----------
    module, name : str
        Of the module, and of what it does not have.
    known : collection of str
        The names that it has.
    """
    hint = None if name[0] == "_" or find_spec(f"{module}.{name}") else _hint(name, known)
    is_importer = sys._getframe(2).f_code.co_name == "_handle_fromlist"
    if hint and is_importer:
        return ImportError(f"cannot import name {name!r} from {module!r}: {hint}", name=module)
    message = f"module {module!r} has no attribute {name!r}"
    return AttributeError(f"{message}: {hint}" if hint else message, name=name)


def _hint(name: str, known: Collection[str]) -> str | None:
    if _bare(name) in _HERE_BARE:
        return f"here it is {_HERE.get(name, _HERE_BARE[_bare(name)])}."
    if name in _OF_SKLEARN:
        return f"take that of {_OF_SKLEARN[name]}, which works with textvec."
    if name in _MODULES:
        return "all is in textvec itself, as in: from textvec import SequencePadder."
    package = {n: f"textvec.{n}" for n in sys.modules["textvec"].__all__ if n not in known}
    if name in package:
        return f"it is {package[name]}."
    bare = {_bare(n): package.get(n, n) for n in (*package, *known)}
    near = get_close_matches(_bare(name), bare, n=1, cutoff=0.8)
    return f"did you mean {bare[near[0]]}?" if near else None
