"""What the networks predict: labels and texts as numbers and back, and scores of texts."""
