"""Queries of word vectors: nearest words, analogies, evaluation, coverage."""
