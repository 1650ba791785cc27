libwarpcheck_la_SOURCES += \
	%D%/arrival.c \
	%D%/arrival.h \
	%D%/coverage.c \
	%D%/coverage.h \
	%D%/frame.c \
	%D%/frame.h \
	%D%/gate.c \
	%D%/gate.h \
	%D%/projection.c \
	%D%/projection.h \
	%D%/reason.c \
	%D%/reason.h \
	%D%/set.c \
	%D%/set.h \
	%D%/slack.c \
	%D%/slack.h
