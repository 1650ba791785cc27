libwarpcheck_la_SOURCES += \
	%D%/arithmetic.c \
	%D%/border.c \
	%D%/border.h \
	%D%/coefficients.c \
	%D%/coefficients.h \
	%D%/fold.c \
	%D%/fold.h \
	%D%/forward.c \
	%D%/image.c \
	%D%/image.h \
	%D%/jvp.c \
	%D%/kernel.c \
	%D%/kernel.h \
	%D%/map.c \
	%D%/map.h \
	%D%/pass.c \
	%D%/pass.h \
	%D%/prefilter.c \
	%D%/prefilter.h \
	%D%/rounding.c \
	%D%/second.c \
	%D%/stages.c \
	%D%/stencil.c \
	%D%/stencil.h \
	%D%/tensor.c \
	%D%/tensor.h \
	%D%/units.c \
	%D%/units.h \
	%D%/vjp.c \
	%D%/warp.c \
	%D%/warp.h
EXTRA_DIST += %D%/NOTES
