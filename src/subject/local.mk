libwarpcheck_la_SOURCES += \
	%D%/builtin.c \
	%D%/builtin.h \
	%D%/evaluation.c \
	%D%/evaluation.h \
	%D%/member.c \
	%D%/member.h \
	%D%/problem.c \
	%D%/problem.h \
	%D%/recorded.c \
	%D%/recorded.h \
	%D%/recording.c \
	%D%/recording.h \
	%D%/spec.c \
	%D%/spec.h \
	%D%/subject.c \
	%D%/subject.h
