"""The worker: python -m warpcheck.worker [OPTION]... FILE.py:FUNCTION

Answers Warpcheck's calls (doc/protocol.md) with a Python function."""

import argparse
import faulthandler
import os
import sys
import traceback

import numpy

from . import protocol
from .arguments import Call
from .binding import BindingError, known_roles
from .declaration import adapted
from .find import NotFound
from .memory import Memory
from .protocol import Channel, ProtocolError, Unsupported

OURS = (NotFound, BindingError, ProtocolError, Unsupported)


class Failed(Exception):
    """The function's answer is not what was wanted."""


class Pipe:
    """Arrays as bytes after the messages."""

    name = "pipe"

    def __init__(self, channel):
        self.channel = channel

    def arrays(self, entries):
        return {entry["name"]: self.channel.receive_array(entry) for entry in entries}

    def wanted(self, entries):
        return {entry["name"]: protocol.read_entry(entry) for entry in entries}

    def reply(self, message, wanted, slots):
        arrays = [slots[name] for name in wanted if name in slots]
        message["arrays"] = [slot.describe() for slot in arrays]
        self.channel.send(message, [slot.data for slot in arrays])


class Shared(Pipe):
    """Arrays in two memory files."""

    name = "shared"

    def __init__(self, channel, inputs, outputs):
        super().__init__(channel)
        self.inputs = Memory(inputs, writable=False)
        self.outputs = Memory(outputs, writable=True)
        self.slots = {}

    def arrays(self, entries):
        return {entry["name"]: self.inputs.slot(entry) for entry in entries}

    def wanted(self, entries):
        self.slots = {entry["name"]: self.outputs.slot(entry) for entry in entries}
        return super().wanted(entries)

    def reply(self, message, wanted, slots):
        for name, slot in slots.items():
            numpy.copyto(self.slots[name].data, slot.data, casting="no")
        self.slots = {}
        self.channel.send(message)


class Worker:
    def __init__(self, transport, subject):
        self.transport, self.subject = transport, subject
        self.channel = transport.channel

    def run(self):
        """Answers calls until there are no more."""
        while (message := self.channel.receive()) is not None:
            answer = {"id": message.get("id")}
            arrays = self.transport.arrays(message.get("arrays", []))
            wanted = self.transport.wanted(message.get("want", []))
            try:
                slots = self.answer(message, arrays, wanted, answer)
                check(slots, wanted)
            except (Unsupported, NotImplementedError) as error:
                self.channel.send(
                    {**answer, "error": "unsupported", "message": str(error)}
                )
            except ProtocolError:
                raise
            except Exception as error:
                text = str(error) if isinstance(error, Failed) else told(error)
                self.channel.send({**answer, "error": "failed", "message": text})
            else:
                self.transport.reply({**answer, "ok": True}, wanted, slots)

    def answer(self, message, arrays, wanted, answer):
        """{wanted name: Slot}; what is left out is said in the answer."""
        kind = message.get("call")
        has = {"spec": message.get("spec"), **wanted, **arrays}
        result = {"forward": "output", "jvp": "tangent_output"}.get(kind, "grad_output")
        for key in ("spec", "image", result):
            if has.get(key) is None:
                raise ProtocolError(f"a call without {key}")
        if kind == "forward":
            call = Call(message["spec"], arrays, wanted["output"][2])
            return {"output": self.subject.forward(call)}
        if kind == "jvp":
            call = Call(message["spec"], arrays, wanted["tangent_output"][2])
            return {"tangent_output": self.subject.jvp(call)}
        if kind not in ("vjp", "second"):
            raise Unsupported(f"no call {kind!r}")
        call = Call(message["spec"], arrays, arrays["grad_output"].data.shape)
        if kind == "second":
            return self.second(call, wanted)
        names = [name[len("grad_") :] for name in wanted]
        slots, lost = self.subject.vjp(call, names)
        missing = ["grad_" + name for name in names if name not in slots]
        if missing:
            answer["without"] = missing
        if lost:
            answer["lost"] = ["grad_" + name for name in lost]
        return {"grad_" + name: slot for name, slot in slots.items()}

    def second(self, call, wanted):
        names = [name[len("second_") :] for name in wanted]
        slots = self.subject.second(call, names)
        return {"second_" + name: slot for name, slot in slots.items()}


def check(slots, wanted):
    """Nothing is converted: shape and type are those that were wanted."""
    for name, slot in slots.items():
        _, dtype, shape = wanted[name]
        if (slot.dtype, slot.data.shape) != (dtype, shape):
            raise Failed(
                f"{name} is {slot.dtype} {axes(slot.data.shape)}; "
                f"wanted is {dtype} {axes(shape)}"
            )


def axes(shape):
    return "x".join(map(str, shape)) or "a number"


def told(error):
    """What an exception says, and where in the subject's code it was raised."""
    here = os.path.dirname(os.path.abspath(__file__))
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not frame.filename.startswith(here)]
    text = "".join(traceback.format_exception_only(type(error), error)).strip()
    if not theirs:
        return text
    return f"{text} ({theirs[-1].filename}:{theirs[-1].lineno})"


def greet(channel, transport, arguments):
    """The subject after both have said their greetings; None where that was all."""
    greeting = channel.receive()
    if greeting is None:
        return None
    hello = {"warpcheck": list(protocol.VERSION), "name": arguments.subject}
    try:
        if greeting.get("transport", transport.name) != transport.name:
            raise ProtocolError(f"descriptors of transport {transport.name}")
        subject = adapted(
            arguments.subject,
            options_of(arguments),
            arguments.toml,
            greeting.get("convention"),
        )
    except Exception as error:
        text = str(error) if isinstance(error, OURS) else told(error)
        channel.send({**hello, "error": text})
        if isinstance(error, OURS):
            raise SystemExit(1) from None  # it is told: not once more on stderr
        raise
    kind = subject.framework
    hello["name"] += f" ({kind.name} {kind.version})"
    channel.send({**hello, "serves": subject.serves()})
    same = (greeting.get("warpcheck") or [None])[0] == protocol.VERSION[0]
    return subject if same else None


def open_transport():
    """By the descriptors of the environment; programs started later do not get them."""
    numbers = [int(word) for word in os.environ.pop(protocol.DESCRIPTORS, "").split()]
    if len(numbers) not in (2, 4):
        raise ProtocolError(
            f"{protocol.DESCRIPTORS} is not set: Warpcheck starts this "
            "program, as in warpcheck verify py:FILE.py:FUNCTION"
        )
    for number in numbers:
        os.set_inheritable(number, False)
    channel = Channel(numbers[0], numbers[1])
    return Shared(channel, *numbers[2:]) if len(numbers) == 4 else Pipe(channel)


def options_of(arguments):
    options = {}
    for item in arguments.set:
        key, _, value = item.partition("=")
        options[key] = value
    if arguments.bind:
        pairs = (item.partition("=")[::2] for item in arguments.bind)
        options["bind"] = known_roles(dict(pairs))
    for key in {"gradients", "dtypes"} & set(options):
        options[key] = options[key].split(",")
    return options


def parse(words):
    parser = argparse.ArgumentParser(
        prog="python -m warpcheck.worker",
        description="Answers Warpcheck's calls with a Python function.",
    )
    parser.add_argument(
        "subject", metavar="FILE.py:FUNCTION", help="or package.module:FUNCTION"
    )
    parser.add_argument(
        "--bind",
        action="append",
        default=[],
        metavar="ROLE=PARAMETER",
        help="the parameter that takes image, matrix, output_shape, ...",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="layout, framework, convention, direction, ...",
    )
    parser.add_argument("--toml", metavar="FILE", help="default: warpcheck.toml beside")
    return parser.parse_args(words)


def main(words=None):
    arguments = parse(words)
    faulthandler.enable()
    try:
        transport = open_transport()
        subject = greet(transport.channel, transport, arguments)
        if subject is not None:
            Worker(transport, subject).run()
    except OURS as error:
        print(f"warpcheck.worker: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
