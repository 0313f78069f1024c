"""Where the settings file is."""

from __future__ import annotations

import os
from pathlib import Path

SETTINGS_VARIABLE = "SALDO_CONFIG"


def settings_path() -> Path:
    return Path(os.environ.get(SETTINGS_VARIABLE, "saldo.toml")).absolute()
