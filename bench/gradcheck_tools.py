"""The tools of gradcheck.py: for each side the version of its library, and by name a
function of (program, row, call) that makes ready and returns (judge, served).  judge()
returns what the tool found, {"said": ...}, None where it found nothing; `served` is to be
closed, or None."""

import json
import shlex
import subprocess
import tempfile


def torch_tools():
    import torch
    from torch.autograd.gradcheck import GradcheckError, gradcheck

    from served import Served, torch_function

    torch.manual_seed(0)

    def tool(fast):
        def ready(program, row, call):
            served = Served(program, row["subject"], call)
            inputs = [torch.tensor(a, requires_grad=True) for a in call.inputs().values()]
            warp = torch_function(served).apply

            def judge():
                try:
                    gradcheck(warp, inputs, fast_mode=fast)
                except GradcheckError as error:
                    return {"said": str(error)}
                return None

            return judge, served

        return ready

    return f"torch {torch.__version__}", {"gradcheck": tool(False), "fast": tool(True)}


def jax_tools():
    import jax
    from jax.test_util import check_grads

    from served import Served, jax_function

    jax.config.update("jax_enable_x64", True)
    # Else a callback that reads a large argument waits for itself.
    jax.config.update("jax_cpu_enable_async_dispatch", False)

    def ready(program, row, call):
        served = Served(program, row["subject"], call)
        inputs = [jax.numpy.asarray(a) for a in call.inputs().values()]
        warp = jax_function(served)

        def judge():
            try:
                check_grads(warp, inputs, order=1, modes=["rev"])
            except AssertionError as error:
                return {"said": str(error).strip()}
            return None

        return judge, served

    return f"jax {jax.__version__}", {"check_grads": ready}


# What hold the gradients that the others are given against the subject's own output.
OWN = ("jacobian", "adjoint", "linear-pullback", "border-value", "matrix")


def is_inconsistent(finding):
    claim = finding["checker"] in OWN and finding["claim"] == "self-consistent"
    return claim and finding["verdict"] == "fail"


def verify(program, subject, options):
    """What the report says where the verdict is fail, and whether a gradient is not that of
    the subject's own output; else None.  Any other end than a verdict is an error."""
    worker = f"worker:{shlex.quote(program)} serve {subject}"  # as the others reach it
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [program, "verify", worker, *options, "--quiet"]
        done = subprocess.run(
            [*command, "--json", report.name], capture_output=True, text=True
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr.strip())
        said = json.load(open(report.name))
    if said["verdict"] != "fail":
        return None
    inconsistent = any(is_inconsistent(finding) for finding in said["findings"])
    return {"said": said["diagnosis"] or "fail", "inconsistent": inconsistent}


def warpcheck_tools():
    """The same call; and the program's own plan of matrices, under all borders."""

    def same(program, row, call):
        return lambda: verify(program, row["subject"], call.options()), None

    def plan(program, row, call):
        options = [f"--kernel={call.kernel}", "--layout=HWC", "--dtype=float64"]
        options.append(f"--seed={call.seed}")
        return lambda: verify(program, row["subject"], options), None

    return "", {"warpcheck": same, "plan": plan}


TOOLS = {"torch": torch_tools, "jax": jax_tools, "warpcheck": warpcheck_tools}
