"""Is the JSON of a file what a JSON Schema asks for?  schema.py SCHEMA FILE"""

import json
import sys

import jsonschema


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main(schema_path, path):
    schema = read(schema_path)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    errors = list(kind(schema).iter_errors(read(path)))
    for error in errors[:5]:
        print(f"  {path}: {list(error.absolute_path)}: {error.message:.300}")
    return len(errors) > 0


sys.exit(main(*sys.argv[1:]))
