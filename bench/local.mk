# Programs that measure; built by `make bench`, run by hand.
EXTRA_PROGRAMS += %D%/worker
bench_worker_SOURCES = %D%/worker.c
bench_worker_LDFLAGS = -static
bench_worker_LDADD = libwarpcheck.la $(JANSSON_LIBS)
bench: %D%/worker check/subject/worker warpcheck examples/plugin/bilinear.so
.PHONY: bench
CLEANFILES += $(EXTRA_PROGRAMS)

# The deviations behind torch and JAX, given to their gradient checks: bench/README.md.
EXTRA_DIST += %D%/README.md %D%/gradcheck.py %D%/gradcheck_page.py %D%/gradcheck_tools.py \
	%D%/served.py
bench-gradcheck: warpcheck
	PYTHON_TORCH='$(PYTHON_TORCH)' PYTHON_JAX='$(PYTHON_JAX)' python3 $(srcdir)/bench/gradcheck.py \
		run --program '$(abs_builddir)/warpcheck' --page $(abs_srcdir)/bench/README.md
.PHONY: bench-gradcheck
