libwarpcheck_la_SOURCES += \
	%D%/border.c \
	%D%/border.h \
	%D%/image.c \
	%D%/image.h \
	%D%/kernel.c \
	%D%/kernel.h \
	%D%/map.c \
	%D%/map.h \
	%D%/stages.c \
	%D%/stencil.c \
	%D%/stencil.h \
	%D%/tensor.c \
	%D%/tensor.h \
	%D%/warp.c \
	%D%/warp.h
EXTRA_DIST += %D%/NOTES
