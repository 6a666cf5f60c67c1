"""Shared by the report's tests: rendered pages and one Chromium."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from reports import document, page

from .browser import Browser


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("chromium"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """render(name, doc, ...) -> the page of these documents; drawn once a session by name."""
    folder = tmp_path_factory.mktemp("pages")

    def make(name: str, *documents: dict[str, Any]) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            parsed = [document.parse(json.dumps(d).encode(), f"{name}.json") for d in documents]
            path.write_text(page.render(parsed), encoding="utf-8")
        return path

    return make
