"""The few questions the command asks Dagster's webserver."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.errors import StoreError

LOADED = """
{ workspaceOrError { ... on Workspace { locationEntries { loadStatus
  locationOrLoadError { __typename ... on PythonError { message } } } } } }"""

LAUNCH = """
mutation Launch($job: String!, $tags: [ExecutionTag!]!) {
  launchRun(executionParams: {
    selector: {jobName: $job, repositoryName: "__repository__", repositoryLocationName: "saldo"},
    runConfigData: {}, executionMetadata: {tags: $tags}
  }) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
       ... on RunConfigValidationInvalid { errors { message } } }
}"""

RUN = """
query Run($id: ID!) {
  runOrError(runId: $id) { ... on Run { status stepStats { stepKey status } } }
}"""


@dataclass(frozen=True, slots=True)
class RunState:
    status: str
    steps_done: int

    @property
    def finished(self) -> bool:
        return self.status in ("SUCCESS", "FAILURE", "CANCELED")


@dataclass(frozen=True, slots=True)
class Dagster:
    url: str

    def loaded(self) -> bool:
        """Whether the code location is there; its own error is raised, not waited out."""
        try:
            entries = self._ask(LOADED, {})["workspaceOrError"]["locationEntries"]
        except OSError:
            return False
        for entry in entries:
            found = entry["locationOrLoadError"] or {}
            if found.get("__typename") == "PythonError":
                raise StoreError(
                    f"Dagster cannot load Saldo: {found['message']}", hint="Correct what it names."
                )
        return bool(entries) and all(entry["locationOrLoadError"] for entry in entries)

    def launch(self, job: str) -> str:
        """Queue a run of a job with its own default configuration; gives the run's id."""
        answer = self._ask(LAUNCH, {"job": job, "tags": [{"key": "saldo/asked_by", "value": "command"}]})
        launched = answer["launchRun"]
        if launched["__typename"] != "LaunchRunSuccess":
            raise StoreError(
                f"Dagster refused to run {job}: {launched}",
                hint="Read the message; the job's page shows more.",
            )
        return str(launched["run"]["runId"])

    def state(self, run_id: str) -> RunState:
        run = self._ask(RUN, {"id": run_id})["runOrError"]
        done = sum(1 for step in run.get("stepStats") or () if step["status"] in ("SUCCESS", "FAILURE"))
        return RunState(run["status"], done)

    def _ask(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(  # noqa: S310
            f"{self.url}/graphql", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            answer = json.load(response)
        if answer.get("errors"):
            raise StoreError(
                f"Dagster's answer: {answer['errors'][0]['message']}", hint="Report this with the log."
            )
        return dict(answer["data"])
