"""The package's host, with the package's own worker."""

import os
import sys

import warpcheck.host

ADAPTER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Host(warpcheck.host.Host):
    """A worker of the subject that `words` name."""

    def __init__(
        self, words, transport, python=sys.executable, greeting=None, env=None
    ):
        paths = [ADAPTER, *filter(None, [os.environ.get("PYTHONPATH")])]
        path = {"PYTHONPATH": os.pathsep.join(paths)}
        command = [python, "-m", "warpcheck.worker", *words]
        super().__init__(command, transport, greeting, {**path, **(env or {})})
