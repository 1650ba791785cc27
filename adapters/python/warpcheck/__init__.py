"""Warpcheck: is the gradient of an image warp right, and which pixels get none?"""

from .binding import subject

__all__ = ["subject"]
__version__ = "0.1.0"
