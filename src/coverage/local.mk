libwarpcheck_la_SOURCES += \
	%D%/arrival.c \
	%D%/arrival.h \
	%D%/coverage.c \
	%D%/coverage.h \
	%D%/frame.c \
	%D%/frame.h \
	%D%/gate.c \
	%D%/gate.h \
	%D%/map_coverage.c \
	%D%/map_coverage.h \
	%D%/map_reason.c \
	%D%/map_reason.h \
	%D%/projection.c \
	%D%/projection.h \
	%D%/reason.c \
	%D%/reason.h \
	%D%/region.c \
	%D%/region.h \
	%D%/set.c \
	%D%/set.h \
	%D%/slack.c \
	%D%/slack.h \
	%D%/standstill.c \
	%D%/standstill.h \
	%D%/tap_list.c \
	%D%/tap_list.h
