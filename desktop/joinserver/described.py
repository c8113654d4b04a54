"""What OpenAPI says of a path: its answer, its input and its refusals, as arguments for a route's decorator.

Routes read and check their input by themselves, because membership comes before input (contract section 3); what is
declared here is the same shapes, for people and tools that read the document.
"""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from desktop.backend.wire import ErrorBody, WireShape

Schema = dict[str, Any]


def described(
    answer: type[WireShape] | None,
    *,
    status: int = 200,
    body: type[WireShape] | None = None,
    query: type[WireShape] | None = None,
    form: Mapping[str, Schema] | None = None,
    required: tuple[str, ...] = (),
    tagged: bool = False,
    media_type: str | None = None,
    also: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """Return the decorator's arguments.

    `form` are the fields of a multipart body; `tagged` answers may be 304;
    `media_type` is that of an answer which is no JSON.
    """
    responses: dict[int | str, dict[str, Any]] = {
        "4XX": {"model": ErrorBody, "description": "Refused: see `code`"},
        503: {"model": ErrorBody, "description": "The database is away"},
    }
    if tagged:
        responses[304] = {"description": "Nothing has changed"}
    if media_type is not None:
        responses[status] = {"description": "The content", "content": {media_type: {"schema": {"type": "string"}}}}
    for number, text in (also or {}).items():
        responses[number] = {"model": answer, "description": text}
    extra: Schema = {}
    if body is not None:
        extra["requestBody"] = _content("application/json", _inlined(body.model_json_schema(by_alias=True)))
    if form is not None:
        schema: Schema = {"type": "object", "properties": dict(form), "required": list(required)}
        extra["requestBody"] = _content("multipart/form-data", schema)
    if query is not None:
        extra["parameters"] = _parameters(query)
    described_as: dict[str, Any] = {"status_code": status, "responses": responses, "openapi_extra": extra}
    if answer is not None:
        described_as["response_model"] = answer
    if media_type is not None:
        described_as["response_class"] = Response
    return described_as


def _content(media_type: str, schema: Schema) -> Schema:
    return {"required": True, "content": {media_type: {"schema": schema}}}


def _parameters(query: type[WireShape]) -> list[Schema]:
    schema = _inlined(query.model_json_schema(by_alias=True))
    needed = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": _without_null(what)}
        for name, what in schema.get("properties", {}).items()
    ]


def _without_null(schema: Schema) -> Schema:
    """Return the schema of a query value, which can be left out but never be null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) != 1:
        return schema
    return {**{key: value for key, value in schema.items() if key not in {"anyOf", "default"}}, **choices[0]}


def _inlined(schema: Schema) -> Schema:
    """Return a schema whose parts stand where they are used: references would lead out of the document."""
    parts: Schema = schema.get("$defs", {})

    def resolve(value: Any) -> Any:
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str):
                return resolve(parts[reference.rpartition("/")[2]])
            return {key: resolve(inner) for key, inner in value.items() if key != "$defs"}
        return [resolve(inner) for inner in value] if isinstance(value, list) else value

    resolved: Schema = resolve(schema)
    return resolved
