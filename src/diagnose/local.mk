libwarpcheck_la_SOURCES += \
	%D%/diagnose.c \
	%D%/diagnose.h \
	%D%/replay.c \
	%D%/replay.h \
	%D%/trace.c \
	%D%/trace.h
