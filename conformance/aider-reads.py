"""Texts of files as JSON on the standard input; on the standard output what PyYAML, and Aider's own parser, read in each."""
import contextlib
import io
import json
import os
import sys
import tempfile

import yaml
from aider.args import get_parser


def plain(value):
    if isinstance(value, dict):
        return {"" if k is None else str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value if value is None or isinstance(value, (str, bool, int, float)) else {"other": str(value)}


def options(text, folder):
    path = os.path.join(folder, ".aider.conf.yml")
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            args = get_parser([path], None).parse_args([])
    except SystemExit as error:
        return {"status": error.code, "said": said.getvalue()[-300:]}
    return {"status": 0, "options": {k: v for k, v in vars(args).items() if isinstance(v, (str, bool, int, float, list))}}


with tempfile.TemporaryDirectory() as folder:
    answers = []
    for each in json.load(sys.stdin):
        answer = {"data": plain(yaml.safe_load(each["text"]))}
        if each["path"] == ".aider.conf.yml":
            answer.update(options(each["text"], folder))
        answers.append(answer)
    json.dump(answers, sys.stdout)
