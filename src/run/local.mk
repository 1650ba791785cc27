libwarpcheck_la_SOURCES += \
	%D%/ask.c \
	%D%/ask.h \
	%D%/calls.c \
	%D%/calls.h \
	%D%/fault.c \
	%D%/fault.h \
	%D%/landing.c \
	%D%/landing.h \
	%D%/machine.c \
	%D%/machine.h \
	%D%/note.c \
	%D%/note.h \
	%D%/plan.c \
	%D%/plan.h \
	%D%/sampling.c \
	%D%/sampling.h \
	%D%/survey.c \
	%D%/survey.h \
	%D%/taps.c \
	%D%/taps.h \
	%D%/verify.c \
	%D%/verify.h \
	%D%/what_if.c \
	%D%/what_if.h \
	%D%/window.c \
	%D%/window.h
