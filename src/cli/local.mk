bin_PROGRAMS += warpcheck
warpcheck_SOURCES = \
	%D%/apart_options.c %D%/apart_options.h \
	%D%/baseline_options.c %D%/baseline_options.h \
	%D%/beside.c %D%/beside.h \
	%D%/call_options.c %D%/call_options.h \
	%D%/calls_options.c %D%/calls_options.h \
	%D%/chain_options.c %D%/chain_options.h \
	%D%/choice.c %D%/choice.h \
	%D%/command.c %D%/command.h \
	%D%/compare.c \
	%D%/conform.c \
	%D%/convention_text.c %D%/convention_text.h \
	%D%/coverage.c \
	%D%/coverage_call.c %D%/coverage_call.h \
	%D%/coverage_job.c %D%/coverage_job.h \
	%D%/coverage_options.c %D%/coverage_options.h \
	%D%/doctor.c \
	%D%/gate_options.c %D%/gate_options.h \
	%D%/gather.c %D%/gather.h \
	%D%/identify.c \
	%D%/identity_text.c %D%/identity_text.h \
	%D%/input.c %D%/input.h \
	%D%/list.c \
	%D%/main.c \
	%D%/moved_options.c %D%/moved_options.h \
	%D%/options.c %D%/options.h \
	%D%/output.c %D%/output.h \
	%D%/progress.c %D%/progress.h \
	%D%/serve.c \
	%D%/set_options.c %D%/set_options.h \
	%D%/terminal.c %D%/terminal.h \
	%D%/verify.c \
	%D%/verify_write.c \
	%D%/verify_write.h \
	%D%/warp.c \
	%D%/what_if_maps.c %D%/what_if_maps.h
warpcheck_LDADD = libwarpcheck.la $(GSL_LIBS) $(JANSSON_LIBS)
dist_man_MANS += doc/warpcheck.1
