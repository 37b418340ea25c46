"""What each field and each code means: the sentence that stands beside it in the source, for schemas and documents.

Read only when something is printed; importing the contracts costs nothing for it.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from pydantic import BaseModel

from mweek_contracts.reasons import PLACEMENT_SENTENCES, UNPLACED_SENTENCES, PlacementCode, UnplacedCode


def meaning_of_field(model: type[BaseModel], field: str) -> str | None:
    """Return the sentence beside a field of a model, or of the model that it has it from; None where there is none."""
    for owner in model.__mro__:
        if found := _sentences(owner.__module__).get(owner.__name__, {}).get(field):
            return found
    return None


def meanings_of_codes(codes: type[StrEnum]) -> Mapping[str, str]:
    """Return value and meaning of each code that says more than its name."""
    if codes is PlacementCode:
        return {code.value: sentence for code, sentence in PLACEMENT_SENTENCES.items()}
    if codes is UnplacedCode:
        return {code.value: sentence for code, sentence in UNPLACED_SENTENCES.items()}
    beside = _sentences(codes.__module__).get(codes.__name__, {})
    return {code.value: beside[code.name] for code in codes if code.name in beside}


@cache
def _sentences(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the sentence after each assignment in each class of a module of ours; nothing for foreign modules."""
    if not module.startswith("mweek_contracts"):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: _beside(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _beside(definition: ast.ClassDef) -> Mapping[str, str]:
    found = {}
    for statement, after in zip(definition.body, definition.body[1:], strict=False):
        match statement, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(sentence))),
            ):
                found[name] = " ".join(sentence.split())
    return found
