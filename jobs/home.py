"""The state folder: where Dagster keeps its instance, apart from the checkout."""

from __future__ import annotations

import os
import shutil
from contextlib import redirect_stdout
from importlib.resources import files
from io import StringIO
from pathlib import Path

from schemas.errors import ConfigurationError

HOME_VARIABLE = "DAGSTER_HOME"


def dagster_home(environ: os._Environ[str] | dict[str, str], default: Path) -> Path:
    """Give DAGSTER_HOME, made if it is new; a `dagster.yaml` that is there is left alone."""
    home = Path(environ.get(HOME_VARIABLE) or default).absolute()
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        shutil.copyfile(_shipped(), home / "dagster.yaml")
    return home


def _shipped() -> Path:
    """The instance's settings: of the checkout, or of the wheel."""
    places = [Path(str(files("jobs"))).parent / "dagster.yaml", Path(str(files("jobs"))) / "dagster.yaml"]
    for place in places:
        if place.is_file():
            return place
    raise ConfigurationError(
        "dagster.yaml is nowhere to be found",
        hint="Install saldo-hub again, or put dagster.yaml into DAGSTER_HOME.",
    )


def initialise(home: Path) -> None:
    """Create or upgrade Dagster's own storage before any service starts.

    Three services that open a blank SQLite home at once break it for good (dagster.md, 8).
    """
    from dagster import DagsterInstance

    with redirect_stdout(StringIO()), DagsterInstance.from_config(str(home)) as instance:
        instance.upgrade()
        instance.get_runs(limit=1)
        instance.all_asset_keys()
        instance.all_instigator_state()
