libwarpcheck_la_SOURCES += %D%/warp.c
