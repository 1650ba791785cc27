libwarpcheck_la_SOURCES += \
	%D%/deviation.c \
	%D%/deviation.h \
	%D%/placing.c \
	%D%/pullback.c \
	%D%/sampling.c
