libwarpcheck_la_SOURCES += \
	%D%/landing.c \
	%D%/landing.h \
	%D%/note.c \
	%D%/note.h \
	%D%/plan.c \
	%D%/plan.h \
	%D%/survey.c \
	%D%/survey.h \
	%D%/verify.c \
	%D%/verify.h \
	%D%/what_if.c \
	%D%/what_if.h \
	%D%/window.c \
	%D%/window.h
