libwarpcheck_la_SOURCES += \
	%D%/formats.h \
	%D%/json.c \
	%D%/paragraph.c \
	%D%/paragraph.h \
	%D%/report.c \
	%D%/report.h \
	%D%/summary.c \
	%D%/summary.h \
	%D%/text.c \
	%D%/text_verify.c \
	%D%/utf8.c \
	%D%/utf8.h
