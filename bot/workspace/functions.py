"""Custom functions of the app's manifest: run as a workflow would, completed by the app."""

from typing import Any

from bot.workspace.errors import ApiError, Refused
from bot.workspace.room import Room
from bot.workspace.world import new_id

Json = dict[str, Any]


class Functions:
    """Keeps what was run and how it ended."""

    def __init__(self, room: Room, manifest: Json) -> None:
        self._room, self._functions = room, manifest.get("functions") or {}
        self.runs: dict[str, Json] = {}

    def run(self, callback_id: str, inputs: Json) -> str:
        """Run a function; gives the id of the execution."""
        described = self._functions.get(callback_id)
        if described is None:
            raise Refused("The app's manifest has no such function.", 404)
        execution = new_id("Fx")
        self.runs[execution] = {"status": "running", "outputs": None, "error": None}
        self._room.on_event({
            "type": "function_executed",
            "function": {"id": new_id("Fn"), "callback_id": callback_id, "title": described.get("title", ""),
                         "description": described.get("description", ""), "type": "app",
                         "input_parameters": [], "output_parameters": [],
                         "app_id": self._room.world.app["app_id"]},
            "inputs": inputs, "function_execution_id": execution, "workflow_execution_id": new_id("Wx"),
            "bot_access_token": self._room.world.meta["tokens"]["bot"], "event_ts": self._room.new_ts(),
        })  # fmt: skip
        return execution

    def complete(self, execution: str, *, outputs: Json | None = None, error: str | None = None) -> None:
        """End a run; `invalid_arguments`, `function_execution_not_in_running_state`."""
        found = self.runs.get(execution)
        if found is None:
            raise ApiError("execution_not_found")
        if found["status"] != "running":
            raise ApiError("function_execution_not_in_running_state")
        found |= {"status": "failed" if error else "completed", "outputs": outputs, "error": error}
