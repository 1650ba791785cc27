libwarpcheck_la_SOURCES += \
	%D%/arrival.c \
	%D%/arrival.h \
	%D%/collapsed.c \
	%D%/collapsed.h \
	%D%/coverage.c \
	%D%/coverage.h \
	%D%/frame.c \
	%D%/frame.h \
	%D%/gate.c \
	%D%/gate.h \
	%D%/reason.c \
	%D%/reason.h \
	%D%/set.c \
	%D%/set.h
