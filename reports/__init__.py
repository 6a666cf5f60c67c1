"""The report: results documents in, one self-contained HTML page out.

Knows results-schema.json and nothing else of the project. `python3 -m reports --help` says how to
run it; docs/results-format.md says what it reads.
"""
