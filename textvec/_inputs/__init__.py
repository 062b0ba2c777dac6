"""Readers of what users pass: documents, rows, targets, words, in any container."""
