"""Types of what textvec uses of scikit-learn, which ships none; nothing else is declared here."""

from typing import Any

def get_config() -> dict[str, Any]: ...

__all__: list[str]
__version__: str
