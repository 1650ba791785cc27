"""Warpcheck: is the gradient of an image warp right, and which pixels get none?"""

from .api import Coverage, Finding, ProgramError, Verification, coverage, verify
from .binding import subject
from .recorder import record
from .recording import Recording

__all__ = [
    "Coverage",
    "Finding",
    "ProgramError",
    "Recording",
    "Verification",
    "coverage",
    "record",
    "subject",
    "verify",
]
__version__ = "0.1.0"
