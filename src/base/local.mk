libwarpcheck_la_SOURCES += \
	%D%/clock.c \
	%D%/clock.h \
	%D%/date.c \
	%D%/date.h \
	%D%/error.c \
	%D%/error.h \
	%D%/rng.c \
	%D%/rng.h \
	%D%/status.c \
	%D%/status.h \
	%D%/text.c \
	%D%/text.h
