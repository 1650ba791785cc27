libwarpcheck_la_SOURCES += \
	%D%/candidates.c \
	%D%/candidates.h \
	%D%/description.c \
	%D%/description.h \
	%D%/description_text.c \
	%D%/diagnose.c \
	%D%/diagnose.h \
	%D%/further.c \
	%D%/further.h \
	%D%/identify.c \
	%D%/identify.h \
	%D%/naming.c \
	%D%/naming.h \
	%D%/probe.c \
	%D%/probe.h \
	%D%/replay.c \
	%D%/replay.h \
	%D%/rivals.c \
	%D%/search.c \
	%D%/search.h \
	%D%/search_kernel.c \
	%D%/search_reading.c \
	%D%/trace.c \
	%D%/trace.h
