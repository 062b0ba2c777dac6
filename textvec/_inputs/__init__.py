"""Readers of what users pass: documents, rows, targets, words, in any container.

The hints for names that other libraries have for something stand here as well: ``_peer_names``
(parameters), ``_peer_attributes``, ``_peer_exports`` (classes and functions).
"""
