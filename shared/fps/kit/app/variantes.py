"""The variants of a value in a contract: what tells them apart, said where tools look for it."""

from typing import Any


def discriminated(schema: Any, components: dict[str, Any]) -> None:
    """What tells the variants of a value apart is always asked: it is required in each of them."""
    if isinstance(schema, dict):
        if "discriminator" in schema:
            name = schema["discriminator"]["propertyName"]
            for variant in schema["oneOf"]:
                one = components[variant["$ref"].rpartition("/")[2]]
                one["required"] = sorted({name, *one.get("required", ())}, key=list(one["properties"]).index)
        for value in schema.values():
            discriminated(value, components)
    elif isinstance(schema, list):
        for value in schema:
            discriminated(value, components)
