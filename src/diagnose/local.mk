libwarpcheck_la_SOURCES += \
	%D%/diagnose.c \
	%D%/diagnose.h \
	%D%/trace.c \
	%D%/trace.h
