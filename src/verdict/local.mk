libwarpcheck_la_SOURCES += \
	%D%/baseline.c \
	%D%/baseline.h \
	%D%/finding.c \
	%D%/finding.h \
	%D%/identity.c \
	%D%/identity.h \
	%D%/tally.c \
	%D%/tally.h
