"""What all estimators share: constraints, fitted attributes, versions, reported fits."""
