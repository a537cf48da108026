"""The schemas of an OpenAPI description: as JSON Schema, to check with, and as values, to answer with."""

from __future__ import annotations

import copy
from typing import Any, cast

import jsonschema_rs

Json = Any

_PREFIX = "#/components/schemas/"
_FORMATS = {
    "date-time": "2026-11-22T17:00:00Z",
    "uri-template": "https://api.github.com/repos/octo-org/octo-repo/issues{/number}",
    "uri": "https://github.com/octo-org",
    "email": "octocat@github.com",
    "uuid": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
}


class Schemas:
    """Those of one description."""

    def __init__(self, described: Json) -> None:
        self._described = described
        self._converted: dict[str, Json] = {}
        self._samples: dict[str, Json] = {}

    def resolved(self, node: Json) -> Json:
        """What a reference refers to; anything else is itself."""
        while "$ref" in node:
            target = self._described
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def validator(self, schema: Json) -> jsonschema_rs.Validator:
        """Checks values against a schema, with all that it refers to."""
        converted = self._convert(schema)
        wanted, found = self._references(converted), {}
        while wanted:
            name = wanted.pop()
            if name not in found:
                found[name] = self._component(name)
                wanted |= self._references(found[name])
        whole = {**converted, "components": {"schemas": found}}
        return jsonschema_rs.Draft7Validator(whole, validate_formats=True, ignore_unknown_formats=True)

    def _component(self, name: str) -> Json:
        if name not in self._converted:
            self._converted[name] = self._convert(self._described["components"]["schemas"][name])
        return self._converted[name]

    def _references(self, node: Json) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(self._references, node)) if node else set()
        if not isinstance(node, dict):
            return set()
        here = {node["$ref"].removeprefix(_PREFIX)} if isinstance(node.get("$ref"), str) else set()
        return here.union(*map(self._references, node.values()))

    def _convert(self, node: Json) -> Json:
        """OpenAPI 3.0 says ``nullable`` where JSON Schema has a type of its own; all else is the same or can go."""
        if isinstance(node, list):
            return [self._convert(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node and isinstance(node["$ref"], str):
            return {"$ref": node["$ref"]}
        kept = {}
        for name, value in node.items():
            if name == "properties":
                kept[name] = {each: self._convert(schema) for each, schema in value.items()}
            elif name in {"items", "allOf", "anyOf", "oneOf", "not", "additionalProperties"}:
                kept[name] = self._convert(value)
            elif name not in {"description", "example", "examples", "nullable", "title", "readOnly", "deprecated"}:
                kept[name] = value
        return {"anyOf": [kept, {"type": "null"}]} if node.get("nullable") else kept

    def sample(self, schema: Json) -> Json:
        """A value with whatever the schema says must be there, and nothing else."""
        reference = schema.get("$ref")
        if reference is None:
            return self._made_up(schema)
        if reference not in self._samples:
            self._samples[reference] = self._made_up(self.resolved(schema))
        return copy.deepcopy(self._samples[reference])

    def _made_up(self, schema: Json) -> Json:
        if schema.get("nullable"):
            return None
        for choice in ("oneOf", "anyOf"):
            if choice in schema and "properties" not in schema:
                return self.sample(schema[choice][0])
        if "allOf" in schema:
            return self._of_all([self.resolved(part) for part in schema["allOf"]])
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type") or ("object" if "properties" in schema else "string")
        if isinstance(kind, list):  # as OpenAPI 3.1 has it
            return None if "null" in kind else self._of_type(kind[0], schema)
        return self._of_type(kind, schema)

    def _of_all(self, parts: list[Json]) -> Json:
        """An object that is as each of these says: what one of them lets be null, another may not."""
        names = dict.fromkeys(name for part in parts for name in part.get("required", []))
        values = {
            name: [self.sample(part["properties"][name]) for part in parts if name in part["properties"]]
            for name in names
        }
        return _plausible({name: next(filter(_is_there, found), None) for name, found in values.items()})

    def _of_type(self, kind: str, schema: Json) -> Json:
        if kind == "object":
            properties = schema.get("properties", {})
            value = {name: self.sample(properties[name]) for name in schema.get("required", []) if name in properties}
            return _plausible(value)
        if kind == "array":
            return [self.sample(schema["items"]) for _ in range(schema.get("minItems", 0))]
        if kind == "string" and schema.get("format") in _FORMATS:
            return _FORMATS[cast("str", schema["format"])]
        example = schema.get("example")
        plain: dict[str, tuple[type, Json]] = {
            "string": (str, "made up"),
            "integer": (int, schema.get("minimum", 1)),
            "number": (float, 1),
            "boolean": (bool, False),
            "null": (type(None), None),
        }
        type_, otherwise = plain[kind]
        return example if type(example) is type_ else otherwise


def _is_there(value: Json) -> bool:
    return value is not None


def _plausible(value: Json) -> Json:
    """Not every time is described as one, nor what a repository may be called."""
    strings = {name for name, each in value.items() if isinstance(each, str)}
    times = dict.fromkeys((name for name in strings if name.endswith("_at")), _FORMATS["date-time"])
    return value | times | ({"full_name": "octo-org/octo-repo"} if "full_name" in strings else {})
