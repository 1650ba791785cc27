libwarpcheck_la_SOURCES += \
	%D%/builtin.c \
	%D%/builtin.h \
	%D%/landlock.c \
	%D%/landlock.h \
	%D%/member.c \
	%D%/member.h \
	%D%/namespace.c \
	%D%/namespace.h \
	%D%/plugin.c \
	%D%/plugin.h \
	%D%/problem.c \
	%D%/problem.h \
	%D%/recorded.c \
	%D%/recorded.h \
	%D%/recording.c \
	%D%/recording.h \
	%D%/sandbox.c \
	%D%/sandbox.h \
	%D%/seccomp.c \
	%D%/seccomp.h \
	%D%/spec.c \
	%D%/spec.h \
	%D%/subject.c \
	%D%/subject.h
