libwarpcheck_la_SOURCES += \
	%D%/finding.c \
	%D%/finding.h \
	%D%/identity.c \
	%D%/identity.h \
	%D%/tally.c \
	%D%/tally.h
