"""The README's table of packages says what scripts/packages.txt says."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def listed_packages():
    for line in (ROOT / "scripts/packages.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            role, package, purpose = line.split(maxsplit=2)
            yield role, package, purpose


def test_every_row_has_a_known_role():
    rows = list(listed_packages())
    assert rows
    assert {role for role, _, _ in rows} == {"bench", "test"}
    assert len({package for _, package, _ in rows}) == len(rows)


def test_the_readme_shows_the_same_table():
    rows = [f"| `{package}` | {role} | {purpose} |" for role, package, purpose in listed_packages()]
    table = [line for line in (ROOT / "README.md").read_text().splitlines() if line in rows]
    assert table == rows
