"""The public networks, which tables of tests must hold."""

from __future__ import annotations

import textvec
from textvec.networks._estimator import NetworkEstimator

PUBLIC = [getattr(textvec, name) for name in textvec._PUBLIC]
NETWORKS = [c for c in PUBLIC if isinstance(c, type) and issubclass(c, NetworkEstimator)]
