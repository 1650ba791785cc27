# What is installed: warps are written against it.
pkginclude_HEADERS = include/warpcheck/plugin.h
