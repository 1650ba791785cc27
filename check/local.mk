# The unit tests, one program: check/units SUITE... runs some of its suites.
units_sources = \
	%D%/coverage/brute.c %D%/coverage/brute.h \
	%D%/coverage/check_coverage.c \
	%D%/coverage/check_frame.c \
	%D%/coverage/check_reason.c \
	%D%/run/check_survey.c \
	%D%/suites.h \
	%D%/units.c

if HAVE_CHECK
check_PROGRAMS += %D%/units
TESTS += %D%/units
endif
check_units_SOURCES = $(units_sources)
check_units_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
check_units_LDADD = libwarpcheck.la $(CHECK_LIBS) $(GSL_LIBS) -lm
