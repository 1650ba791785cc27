# Programs that measure; built by `make bench`, run by hand.
EXTRA_PROGRAMS += %D%/worker
bench_worker_SOURCES = %D%/worker.c
bench_worker_LDFLAGS = -static
bench_worker_LDADD = libwarpcheck.la $(JANSSON_LIBS)
bench: %D%/worker check/subject/worker warpcheck examples/plugin/bilinear.so
.PHONY: bench
CLEANFILES += $(EXTRA_PROGRAMS)
