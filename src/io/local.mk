libwarpcheck_la_SOURCES += \
	%D%/file.h \
	%D%/npy.h \
	%D%/npz.h \
	%D%/png.h
