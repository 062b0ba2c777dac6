class NotFittedError(ValueError, AttributeError): ...

class InconsistentVersionWarning(UserWarning):
    estimator_name: str
    current_sklearn_version: str
    original_sklearn_version: str

    def __init__(
        self, *, estimator_name: str, current_sklearn_version: str, original_sklearn_version: str
    ) -> None: ...
