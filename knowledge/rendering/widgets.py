"""The saved state of a notebook's widgets: what each looked like when the notebook was saved."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson

STATE = "application/vnd.jupyter.widget-state+json"
# A model names another by this, anywhere in its state.
_REFERENCE = re.compile(r"IPY_MODEL_([\w-]{1,100})")


@dataclass(frozen=True, slots=True)
class Widgets:
    """`state`: id of a model -> its `model_name`, `model_module`, `model_module_version`, `state`."""

    state: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> "Widgets":
        """What a notebook's metadata holds; nothing if it holds nothing that makes sense."""
        saved = metadata.get("widgets")
        saved = saved.get(STATE) if isinstance(saved, dict) else None
        models = saved.get("state") if isinstance(saved, dict) else None
        if not isinstance(models, dict):
            return cls()
        return cls({name: model for name, model in models.items() if _is_model(model)})

    def closure(self, model_id: str) -> dict[str, Any]:
        """The models that showing one takes, itself included; {} if it was not saved."""
        found: dict[str, Any] = {}
        waiting = [model_id]
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.state:
                continue
            found[name] = self.state[name]
            waiting.extend(_references(found[name]["state"]))
        return found

    def digest_of(self, model_ids: Iterable[str]) -> str:
        """Changes when what some widgets show does; "" if none of them was saved."""
        closures = {name: self.closure(name) for name in model_ids}
        if not any(closures.values()):
            return ""
        return sha256(orjson.dumps(closures, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _is_model(model: object) -> bool:
    return (
        isinstance(model, dict)
        and isinstance(model.get("state"), dict)
        and all(
            isinstance(model.get(name), str)
            for name in ("model_name", "model_module", "model_module_version")
        )
    )


def _references(state: Any) -> list[str]:
    """The models that a state names."""
    waiting, found = [state], []
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and value.startswith("IPY_MODEL_"):
            found += _REFERENCE.findall(value[:120])
    return found
