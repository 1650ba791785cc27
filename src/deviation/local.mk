libwarpcheck_la_SOURCES += \
	%D%/deviation.c \
	%D%/deviation.h \
	%D%/moving.c \
	%D%/placing.c \
	%D%/pullback.c \
	%D%/rim.c \
	%D%/sampling.c \
	%D%/scattering.c \
	%D%/steepness.c \
	%D%/storing.c \
	%D%/taps.c \
	%D%/taps.h \
	%D%/weights.c
