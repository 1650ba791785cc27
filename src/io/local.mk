libwarpcheck_la_SOURCES += \
	%D%/file.c \
	%D%/file.h \
	%D%/lines.c \
	%D%/lines.h \
	%D%/npy.c \
	%D%/npy.h \
	%D%/npz.c \
	%D%/npz.h \
	%D%/png.c \
	%D%/png.h
