libwarpcheck_la_SOURCES += \
	%D%/diagnose.c \
	%D%/diagnose.h \
	%D%/hypothesis.c \
	%D%/hypothesis.h \
	%D%/replay.c \
	%D%/replay.h \
	%D%/together.c \
	%D%/together.h \
	%D%/trace.c \
	%D%/trace.h
