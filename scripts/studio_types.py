#!/usr/bin/env python3
"""Writes the types of the studio's page from the messages that the server defines: `python scripts/studio_types.py`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from wade.studio.messages import schema

FILE: Final = Path(__file__).resolve().parent.parent / "src" / "wade" / "studio" / "page" / "types.d.ts"
HEAD: Final = """// Made from src/wade/studio/messages.py by scripts/studio_types.py.

"""
PRIMITIVES: Final = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def main() -> int:
    """Writes the file anew."""
    FILE.write_text(types(), encoding="utf-8")
    return 0


def types() -> str:
    """All messages as TypeScript interfaces, in the order of their names."""
    messages = schema()
    interfaces = [_interface(name, message) for name, message in sorted(messages.items())]
    commands = [name for name, message in sorted(messages.items()) if "command" in message["properties"]]
    return HEAD + "\n".join(interfaces) + f"\nexport type AnyCommand = {' | '.join(commands)};\n"


def _interface(name: str, message: dict[str, Any]) -> str:
    properties = message["properties"]
    # What the server says is always whole; a command may leave out what has a default.
    needed = message.get("required", ()) if "command" in properties else properties
    fields = [
        f"  {_key(field)}{'' if field in needed else '?'}: {_type(described)};\n"
        for field, described in properties.items()
    ]
    about = message.get("description", "").split("\n")[0]
    return f"/** {about} */\nexport interface {name} {{\n{''.join(fields)}}}\n"


def _type(described: dict[str, Any]) -> str:
    if "$ref" in described:
        return described["$ref"].rsplit("/", 1)[1]
    if "anyOf" in described:
        return " | ".join(_type(one) for one in described["anyOf"])
    if "enum" in described:
        return " | ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in described["enum"])
    match described.get("type"):
        case "array" if "prefixItems" in described:
            return f"[{', '.join(_type(one) for one in described['prefixItems'])}]"
        case "array":
            return f"Array<{_type(described['items'])}>" if described.get("items") else "Array<any>"
        case "object":
            values = described.get("additionalProperties")
            return f"Record<string, {_type(values) if isinstance(values, dict) else 'any'}>"
        case str(name):
            return PRIMITIVES[name]
    return "any"


def _key(field: str) -> str:
    return field if field.isidentifier() else f'"{field}"'


if __name__ == "__main__":
    sys.exit(main())
