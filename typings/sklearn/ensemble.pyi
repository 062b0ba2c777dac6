from .base import BaseEstimator

class VotingClassifier(BaseEstimator):
    flatten_transform: bool
