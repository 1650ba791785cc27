libwarpcheck_la_SOURCES += \
	%D%/cells.c \
	%D%/cells.h \
	%D%/formats.h \
	%D%/json.c \
	%D%/palette.c \
	%D%/palette.h \
	%D%/paragraph.c \
	%D%/paragraph.h \
	%D%/picture.c \
	%D%/picture.h \
	%D%/report.c \
	%D%/report.h \
	%D%/summary.c \
	%D%/summary.h \
	%D%/text.c \
	%D%/text_verify.c \
	%D%/utf8.c \
	%D%/utf8.h
