libwarpcheck_la_SOURCES += \
	%D%/report.h
