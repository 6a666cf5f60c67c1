"""All tests; the package makes `tests.reports` and `reports` two names."""
