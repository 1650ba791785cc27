"""Warpcheck: is the gradient of an image warp right, and which pixels get none?"""

from .binding import subject
from .recorder import record
from .recording import Recording

__all__ = ["Recording", "record", "subject"]
__version__ = "0.1.0"
