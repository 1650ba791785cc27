"""The three kinds of arrays that functions work on: how an array of a call becomes one
without a copy, and how each framework differentiates.

Nothing here is imported before it is needed: a worker of a NumPy function never loads
torch or JAX."""

import importlib
import inspect
import sys
import warnings

import numpy

from .protocol import Slot, Unsupported

MODULES = {"torch": "torch", "jax": "jax", "jaxlib": "jax", "numpy": "numpy"}


class Numpy:
    """Functions of NumPy arrays: no gradients but those of the binding's own `vjp`."""

    name, differentiates = "numpy", False
    obeys_read_only = True  # memory that is read-only is never written to
    views = True  # arrays are the call's own memory, with its strides

    def __init__(self):
        self.module = numpy

    @property
    def version(self):
        return self.module.__version__

    def array(self, slot):
        if slot.dtype == "bfloat16":
            raise Unsupported("NumPy has no bfloat16")
        return slot.data

    def slot(self, name, array):
        array = numpy.asarray(array)
        return Slot(name, array.dtype.name, array)

    def permute(self, array, axes):
        return array.transpose(axes)

    def stack(self, arrays):
        return self.module.stack(arrays)

    def cast(self, array, dtype):
        return array.astype(dtype)

    def array_like(self, values, array):
        return self.module.asarray(values, dtype=array.dtype)

    def pull(self, function, leaves, upstream):
        raise Unsupported("a function of NumPy arrays has no gradients")

    def push(self, function, leaves, tangents):
        raise Unsupported("a function of NumPy arrays has no forward mode")

    def pull_twice(self, function, leaves, upstream, along):
        raise Unsupported("a function of NumPy arrays has no double backward")


class Torch(Numpy):
    """Functions of torch tensors, by autograd (twice for double backward), and by its
    forward mode."""

    name, differentiates = "torch", True
    obeys_read_only = False

    def __init__(self):
        self.module = importlib.import_module("torch")

    def array(self, slot):
        data = slot.data
        if any(stride < 0 for stride in data.strides):
            raise Unsupported("torch has no negative strides")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the memory is read-only is meant
            if slot.dtype == "bfloat16":
                bits = self.module.from_numpy(data.view(numpy.int16))
                return bits.view(self.module.bfloat16)
            return self.module.from_numpy(data)

    def slot(self, name, tensor):
        if not isinstance(tensor, self.module.Tensor):
            return super().slot(name, tensor)
        tensor = tensor.detach().cpu()
        if tensor.dtype == self.module.bfloat16:
            bits = tensor.contiguous().view(self.module.int16)
            return Slot(name, "bfloat16", bits.numpy().view(numpy.uint16))
        return super().slot(name, tensor.numpy())

    def permute(self, tensor, axes):
        return tensor.permute(axes)

    def cast(self, tensor, dtype):
        return tensor.to(getattr(self.module, dtype))

    def pull(self, function, leaves, upstream):
        """{name: gradient, or None where the output does not depend on the leaf}."""
        leaves = {name: leaf.detach() for name, leaf in leaves.items()}
        for leaf in leaves.values():
            if leaf.is_floating_point():
                leaf.requires_grad_()
        with self.module.enable_grad():
            output = function(leaves)
        if not isinstance(output, self.module.Tensor):
            raise TypeError(f"the output is no tensor but {type(output).__name__}")
        wanted = [name for name, leaf in leaves.items() if leaf.requires_grad]
        if not output.requires_grad or not wanted:
            return dict.fromkeys(leaves)
        gradients = self.module.autograd.grad(
            output, [leaves[name] for name in wanted], upstream, allow_unused=True
        )
        return {**dict.fromkeys(leaves), **dict(zip(wanted, gradients))}

    def pull_twice(self, function, leaves, upstream, along):
        """{name: derivative of sum(along * gradient)}, of the leaves and grad_output;
        None where there is no path.  What cannot be differentiated twice is told by
        torch's RuntimeError: no fault of the function, whose gradient may be right."""
        grad = self.module.autograd.grad
        for leaf in leaves.values():
            if not leaf.is_floating_point():
                raise Unsupported(f"torch has no gradients of {leaf.dtype}")
        leaves = {name: leaf.detach().requires_grad_() for name, leaf in leaves.items()}
        inputs = {**leaves, "grad_output": upstream.detach().requires_grad_()}
        nothing = dict.fromkeys(inputs)
        with self.module.enable_grad():
            output = function(leaves)
            if not isinstance(output, self.module.Tensor):
                raise TypeError(f"the output is no tensor but {type(output).__name__}")
            if not output.requires_grad or not along:
                return nothing
            try:
                first = grad(
                    output,
                    [leaves[name] for name in along],
                    inputs["grad_output"],
                    create_graph=True,
                    allow_unused=True,
                )
                pairs = zip(first, along.values())
                terms = [(g * a).sum() for g, a in pairs if g is not None]
                total = sum(term for term in terms if term.requires_grad)
                if not isinstance(total, self.module.Tensor):
                    return nothing
                found = grad(
                    total, list(inputs.values()), allow_unused=True, retain_graph=True
                )
                if any(one is None for one in found):
                    total.backward()  # runs into what bars the way, if anything does
            except RuntimeError as error:
                raise Unsupported(f"no double backward: {error}") from None
        return dict(zip(inputs, found))

    def push(self, function, leaves, tangents):
        """The tangent of the output: 0 where it depends on no leaf.  What has no forward
        mode in torch is told by its NotImplementedError."""
        forward = importlib.import_module("torch.autograd.forward_ad")
        for leaf in leaves.values():
            if not leaf.is_floating_point():
                raise Unsupported(f"torch has no tangents of {leaf.dtype}")
        with forward.dual_level():
            output = function(
                {
                    name: forward.make_dual(leaf.detach(), tangents[name])
                    for name, leaf in leaves.items()
                }
            )
            if not isinstance(output, self.module.Tensor):
                raise TypeError(f"the output is no tensor but {type(output).__name__}")
            primal, tangent = forward.unpack_dual(output)
            if tangent is None:
                return self.module.zeros_like(primal)
            return tangent.clone()


class Jax(Numpy):
    """Functions of JAX arrays, by jax.vjp (of itself for double backward) and jax.jvp;
    double precision is switched on."""

    name, differentiates = "jax", True
    views = False

    def __init__(self):
        self.jax = importlib.import_module("jax")
        self.jax.config.update("jax_enable_x64", True)
        self.module = importlib.import_module("jax.numpy")

    @property
    def version(self):
        return self.jax.__version__

    def array(self, slot):
        if slot.dtype == "bfloat16":
            kind = importlib.import_module("ml_dtypes").bfloat16
            return self.module.asarray(slot.data.view(kind))
        return self.module.asarray(slot.data)

    def slot(self, name, array):
        array = numpy.asarray(array)
        if array.dtype.name == "bfloat16":
            return Slot(name, "bfloat16", array.view(numpy.uint16))
        return Slot(name, array.dtype.name, array)

    def pull(self, function, leaves, upstream):
        names = list(leaves)

        def of_leaves(*values):
            return function(dict(zip(names, values)))

        _, pull = self.jax.vjp(of_leaves, *leaves.values())
        return dict(zip(names, pull(upstream)))

    def pull_twice(self, function, leaves, upstream, along):
        names = list(leaves)

        def of_leaves(*values):
            return function(dict(zip(names, values)))

        def gradients(upstream, *values):
            found = dict(zip(names, self.jax.vjp(of_leaves, *values)[1](upstream)))
            return [found[name] for name in along]

        for leaf in leaves.values():
            if not self.module.issubdtype(leaf.dtype, self.module.floating):
                raise Unsupported(f"JAX has no gradients of {leaf.dtype}")
        try:
            _, pull = self.jax.vjp(gradients, upstream, *leaves.values())
        except ValueError as error:
            if "support JVP" in str(error):  # its pull-back is no code of JAX
                raise Unsupported(f"no double backward: {error}") from None
            raise
        return dict(zip(["grad_output", *names], pull(list(along.values()))))

    def push(self, function, leaves, tangents):
        names = list(leaves)

        def of_leaves(*values):
            return function(dict(zip(names, values)))

        for leaf in leaves.values():
            if not self.module.issubdtype(leaf.dtype, self.module.floating):
                raise Unsupported(f"JAX has no tangents of {leaf.dtype}")
        moves = tuple(tangents[name] for name in names)
        try:
            return self.jax.jvp(of_leaves, tuple(leaves.values()), moves)[1]
        except TypeError as error:
            if "custom_vjp" in str(error):  # it has reverse mode alone
                raise Unsupported(str(error)) from None
            raise


KINDS = {"numpy": Numpy, "torch": Torch, "jax": Jax}


def framework(name):
    try:
        return KINDS[name]()
    except ImportError as error:
        raise Unsupported(f"this Python has no {name}: {error}") from None


def detect(function):
    """The name of the framework that a function works in: by the annotations of its
    parameters, else by the modules that its code mentions, else by those that its own
    module has imported, else NumPy."""
    function = inspect.unwrap(function)
    for evidence in (annotated, mentioned, surrounding):
        for name in ("torch", "jax"):
            if name in evidence(function):
                return name
    return "numpy"


def annotated(function):
    texts = []
    for value in getattr(function, "__annotations__", {}).values():
        text = value if isinstance(value, str) else getattr(value, "__module__", "")
        texts.append(text.split(".")[0])
    return {MODULES.get(text) for text in texts}


def mentioned(function):
    code, names = getattr(function, "__code__", None), {}
    if code is None:
        return set()
    names = {name: function.__globals__.get(name) for name in code.co_names}
    imported = {MODULES.get(name.split(".")[0]) for name in code.co_names}
    return frameworks_of(names.values()) | imported


def surrounding(function):
    module = sys.modules.get(getattr(function, "__module__", None))
    return frameworks_of(vars(module).values() if module else ())


def frameworks_of(values):
    modules = (getattr(v, "__name__", "") for v in values if inspect.ismodule(v))
    return {MODULES.get(name.split(".")[0]) for name in modules}
