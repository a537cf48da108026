"""GitHub's own description of its REST API, from npm's ``@octokit/openapi``: what may be asked and what is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

import jsonschema_rs

from support.github.schemas import Schemas

FOLDER = Path(__file__).parents[3] / ".setup/github"
Name = Literal["api.github.com", "ghes-3.19"]
Json = Any


def read(file: str) -> Json:
    """One of the files that GitHub describes itself in."""
    path = FOLDER / file
    assert path.exists(), f"{path.name} is missing. Get it with: make .setup/github"
    return json.loads(path.read_bytes())


class Operation:
    """One thing that can be asked for."""

    def __init__(self, template: str, method: str, described: Json, schemas: Schemas) -> None:
        self.id: str = described["operationId"]
        self.template = template
        self.method = method
        self._described = described
        self._schemas = schemas
        self._answers: dict[str, jsonschema_rs.Validator] = {}

    @cached_property
    def _parameters(self) -> list[Json]:
        return [self._schemas.resolved(each) for each in self._described.get("parameters", [])]

    @cached_property
    def _body(self) -> Json:
        return self._described.get("requestBody")

    @cached_property
    def _body_validator(self) -> jsonschema_rs.Validator:
        return self._schemas.validator(self._body["content"]["application/json"]["schema"])

    def problems_of_request(self, path: Mapping[str, str], query: Mapping[str, str], body: bytes) -> list[str]:
        """Everything about a request that is not as described. Parameters that are not described are problems too."""
        known = {each["name"]: each for each in self._parameters if each["in"] == "query"}
        problems = [f"the query parameter {name} is not described" for name in query if name not in known]
        problems += [
            f"{each['name']} is missing" for name, each in known.items() if each.get("required") and name not in query
        ]
        for each in self._parameters:
            given = {"path": path, "query": query}.get(each["in"], {})
            if each["name"] in given:
                problems += self._parameter_problems(each, given[each["name"]])
        return problems + self._body_problems(body)

    def _parameter_problems(self, parameter: Json, written: str) -> list[str]:
        # Without the format: what is searched for by `created` is said to be one time, and may be a range of times.
        schema = {name: each for name, each in self._schemas.resolved(parameter["schema"]).items() if name != "format"}
        value: Json = written
        if schema.get("type") in {"integer", "boolean"}:
            try:
                value = json.loads(written)
            except ValueError:
                return [f"{parameter['name']} is {written!r}"]
        return [f"{parameter['name']}: {error.message}" for error in self._schemas.validator(schema).iter_errors(value)]

    def _body_problems(self, body: bytes) -> list[str]:
        if self._body is None:
            return ["there is a body, and none is described"] if body else []
        if not body:
            return ["the body is missing"] if self._body.get("required") else []
        try:
            value = json.loads(body)
        except ValueError:
            return ["the body is no JSON"]
        return [f"body{error.instance_path}: {error.message}" for error in self._body_validator.iter_errors(value)]

    def _response(self, status: int) -> Json | None:
        described = self._described["responses"].get(str(status))
        return None if described is None else self._schemas.resolved(described)

    def _schema(self, status: int) -> Json | None:
        content = (self._response(status) or {}).get("content", {})
        return content.get("application/json", {}).get("schema")

    def problems_of_answer(self, status: int, body: Json) -> list[str]:
        """Everything about an answer that is not as described; errors that are not described at all are let through."""
        response = self._response(status)
        if response is None:
            return [f"the status {status} is not described"] if status < 400 and status != 304 else []
        if (schema := self._schema(status)) is None:
            return [f"a body with {status} is not described"] if body is not None and status < 300 else []
        if str(status) not in self._answers:
            self._answers[str(status)] = self._schemas.validator(schema)
        return [f"{error.instance_path}: {error.message}" for error in self._answers[str(status)].iter_errors(body)]

    @cached_property
    def sample(self) -> Json:
        """A good answer with whatever must be in it, made up from its description."""
        status = next(int(code) for code in self._described["responses"] if code.startswith("2"))
        return self._schemas.sample(self._schema(status))


class Description:
    """All operations of one release."""

    def __init__(self, described: Json) -> None:
        schemas = Schemas(described)
        self._operations: list[tuple[re.Pattern[str], Operation]] = []
        for template, methods in described["paths"].items():
            pattern = re.compile(re.sub(r"\\{[^}]*\\}", "([^/]+)", re.escape(template)))
            for method, operation in methods.items():
                if method in {"get", "post", "put", "patch", "delete"}:
                    self._operations.append((pattern, Operation(template, method.upper(), operation, schemas)))
        # A path with fewer placeholders is the more precise one.
        self._operations.sort(key=lambda each: each[1].template.count("{"))
        self.schemas = schemas

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Which operation a request is for, with the parameters in its path."""
        for pattern, operation in self._operations:
            if operation.method == method and (found := pattern.fullmatch(path)):
                names = re.findall(r"\{([^}]*)\}", operation.template)
                return operation, {name: unquote(value) for name, value in zip(names, found.groups(), strict=True)}
        return None

    def sample(self, name: str) -> Json:
        """A value of the schema with this name."""
        schema = self.schemas.resolved({"$ref": f"#/components/schemas/{name}"})
        return self.schemas.sample({**schema, "nullable": False})


@cache
def description(name: Name) -> Description:
    """The description of github.com, or of an Enterprise Server."""
    return Description(read(f"rest-{name}.json"))
