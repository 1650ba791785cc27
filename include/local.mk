# What is installed: warps are written against plugin.h, and warp.h is the library's.
pkginclude_HEADERS = %D%/warpcheck/plugin.h %D%/warpcheck/warp.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = warpcheck.pc
