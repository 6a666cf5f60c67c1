"""One headless Chromium for all tests of the page, and what it has to say about each page."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage --hide-scrollbars --window-size=1400,1000"
).split()


def _program(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, f"none of {names} is installed: run scripts/setup --test"
    return found


class Browser:
    """Opens pages from file:// and keeps the console's messages and the requests of each."""

    def __init__(self, profile: Path) -> None:
        options = Options()
        options.binary_location = _program("chromium", "chromium-browser")
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = Service(_program("chromedriver"))
        self.driver = webdriver.Chrome(service=service, options=options)
        self.console: list[str] = []
        self.requests: list[str] = []

    def open(self, page: Path, after: str = "") -> None:
        """Loads the page; `after` is the query or fragment behind its name."""
        self.driver.get("about:blank")
        for log in ("browser", "performance"):
            self.driver.get_log(log)
        self.driver.get(page.as_uri() + after)
        self.console = [entry["message"] for entry in self.driver.get_log("browser")]
        self.requests = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def resize(self, width: int, height: int) -> None:
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def prefer(self, scheme: str) -> None:
        """light or dark, as the system would wish it."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def show_as(self, medium: str) -> None:
        """screen or print; 794 pixels are as wide as A4."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium})

    def close(self) -> None:
        self.driver.quit()
