libwarpcheck_la_SOURCES += \
	%D%/builtin.c \
	%D%/builtin.h \
	%D%/problem.c \
	%D%/problem.h \
	%D%/subject.c \
	%D%/subject.h
