# The unit tests, one program: check/units SUITE... runs some of its suites.
units_sources = \
	%D%/base/check_date.c \
	%D%/base/check_error.c \
	%D%/base/check_rng.c \
	%D%/base/check_status.c \
	%D%/base/check_text.c \
	%D%/checker/check_checkers.c \
	%D%/checker/check_colouring.c \
	%D%/checker/check_coordinates.c \
	%D%/checker/check_conduct.c \
	%D%/checker/check_modes.c \
	%D%/checker/check_second_order.c \
	%D%/checker/check_taylor.c \
	%D%/checker/check_detour.c \
	%D%/checker/check_jacobian.c \
	%D%/checker/check_index_range.c \
	%D%/checker/check_memory.c \
	%D%/checker/check_rivals.c \
	%D%/checker/rival.c \
	%D%/checker/rival.h \
	%D%/checker/stand_in.c \
	%D%/checker/stand_in.h \
	%D%/coverage/brute.c \
	%D%/coverage/brute.h \
	%D%/coverage/check_chain.c \
	%D%/coverage/check_coverage.c \
	%D%/coverage/check_explain.c \
	%D%/coverage/check_frame.c \
	%D%/coverage/check_gate.c \
	%D%/coverage/check_map_coverage.c \
	%D%/coverage/check_maps.c \
	%D%/coverage/check_reach.c \
	%D%/coverage/check_reached.c \
	%D%/coverage/check_reason.c \
	%D%/coverage/check_region.c \
	%D%/coverage/check_set.c \
	%D%/coverage/check_tap_list.c \
	%D%/coverage/drawn.c \
	%D%/coverage/drawn.h \
	%D%/coverage/explain.c \
	%D%/coverage/explain.h \
	%D%/coverage/named.c \
	%D%/coverage/named.h \
	%D%/coverage/planted.c \
	%D%/coverage/trial.c \
	%D%/coverage/trial.h \
	%D%/deviation/check_deviation.c \
	%D%/diagnose/check_diagnose.c \
	%D%/diagnose/check_diagnose_large.c \
	%D%/diagnose/asking.c \
	%D%/diagnose/asking.h \
	%D%/diagnose/check_bytes.c \
	%D%/diagnose/check_identify.c \
	%D%/io/check_file.c \
	%D%/io/check_lines.c \
	%D%/io/check_npy.c \
	%D%/io/check_npz.c \
	%D%/io/check_png.c \
	%D%/io/scratch.c \
	%D%/io/scratch.h \
	%D%/library/check_warp.c \
	%D%/oracle/area.c \
	%D%/oracle/coefficients.c \
	%D%/oracle/oracle.c \
	%D%/oracle/oracle.h \
	%D%/oracle/sum.c \
	%D%/oracle/weights.c \
	%D%/reference/check_area.c \
	%D%/reference/check_arithmetic.c \
	%D%/reference/check_block.c \
	%D%/reference/check_border.c \
	%D%/reference/check_call.c \
	%D%/reference/check_channel_axis.c \
	%D%/reference/check_clip.c \
	%D%/reference/check_convention.c \
	%D%/reference/check_derivative.c \
	%D%/reference/check_fold.c \
	%D%/reference/check_footprint.c \
	%D%/reference/check_image.c \
	%D%/reference/check_kernel.c \
	%D%/reference/check_map.c \
	%D%/reference/check_matrix.c \
	%D%/reference/check_pass.c \
	%D%/reference/check_poison.c \
	%D%/reference/check_prefilter.c \
	%D%/reference/check_rounding.c \
	%D%/reference/check_second.c \
	%D%/reference/check_single.c \
	%D%/reference/check_span.c \
	%D%/reference/check_stencil.c \
	%D%/reference/check_storage.c \
	%D%/reference/check_tensor.c \
	%D%/reference/check_transparent.c \
	%D%/reference/check_units.c \
	%D%/reference/check_warp.c \
	%D%/reference/check_words.c \
	%D%/reference/footprint_bound.c \
	%D%/reference/footprint_bound.h \
	%D%/reference/pair.c \
	%D%/reference/pair.h \
	%D%/report/check_arrays.c \
	%D%/report/check_digest.c \
	%D%/report/check_html.c \
	%D%/report/check_json.c \
	%D%/report/check_junit.c \
	%D%/report/check_kind.c \
	%D%/report/check_known.c \
	%D%/report/check_lcov.c \
	%D%/report/check_markdown.c \
	%D%/report/check_page_numbers.c \
	%D%/report/check_picture.c \
	%D%/report/check_sarif.c \
	%D%/report/check_sketch.c \
	%D%/report/check_svg.c \
	%D%/report/check_tap.c \
	%D%/report/check_text_report.c \
	%D%/report/reader.c \
	%D%/report/reader.h \
	%D%/report/scene.c \
	%D%/report/scene.h \
	%D%/report/verification.c \
	%D%/report/verification.h \
	%D%/run/check_ask.c \
	%D%/run/check_budget.c \
	%D%/run/check_baseline_file.c \
	%D%/run/check_chain_survey.c \
	%D%/run/check_channels.c \
	%D%/run/check_compare.c \
	%D%/run/check_conform.c \
	%D%/run/check_destination.c \
	%D%/run/check_grid_rounding.c \
	%D%/run/check_inquiry.c \
	%D%/run/check_draws.c \
	%D%/run/check_evenness.c \
	%D%/run/check_matrices.c \
	%D%/run/check_plan.c \
	%D%/run/check_replay.c \
	%D%/run/check_reproduce.c \
	%D%/run/check_shrink.c \
	%D%/run/check_simplify.c \
	%D%/run/check_survey.c \
	%D%/run/check_taps.c \
	%D%/run/check_verdicts.c \
	%D%/run/check_verify.c \
	%D%/run/check_what_if.c \
	%D%/subject/bilinear.c \
	%D%/subject/bilinear.h \
	%D%/subject/check_serve.c \
	%D%/subject/check_arena.c \
	%D%/subject/check_builtin.c \
	%D%/subject/check_evaluation.c \
	%D%/subject/check_namespace.c \
	%D%/subject/check_plugin.c \
	%D%/subject/check_pour.c \
	%D%/subject/check_problem.c \
	%D%/subject/check_push.c \
	%D%/subject/check_second_call.c \
	%D%/subject/check_question.c \
	%D%/subject/check_recording.c \
	%D%/subject/check_sandbox.c \
	%D%/subject/check_spec.c \
	%D%/subject/check_worker.c \
	%D%/subject/confined.c \
	%D%/subject/confined.h \
	%D%/subject/everywhere.h \
	%D%/subject/made.c \
	%D%/subject/made.h \
	%D%/suites.h \
	%D%/turn.h \
	%D%/units.c \
	%D%/verdict/check_baseline.c \
	%D%/verdict/check_finding.c \
	%D%/verdict/check_identity.c \
	%D%/verdict/check_tally.c

if HAVE_CHECK
check_PROGRAMS += %D%/units
TESTS += %D%/units_longest.sh %D%/units_1.sh %D%/units_2.sh %D%/units_3.sh %D%/units_4.sh
endif
check_units_SOURCES = $(units_sources)
EXTRA_check_units_DEPENDENCIES = check/subject/worker
check_units_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
check_units_LDADD = libwarpcheck.la $(CHECK_LIBS) $(GSL_LIBS) $(PNG_LIBS) $(ZIP_LIBS) $(ZLIB_LIBS) \
	$(JANSSON_LIBS) -lquadmath -lm

# The reference behind the worker protocol, which can misbehave.
check_PROGRAMS += %D%/subject/worker
check_subject_worker_SOURCES = %D%/subject/hostile.c %D%/subject/hostile.h %D%/subject/worker.c
check_subject_worker_LDFLAGS = -static
check_subject_worker_LDADD = libwarpcheck.la $(JANSSON_LIBS)

# The example that is a program: it is written against the installed header alone.
check_PROGRAMS += examples/perturbation/perturbation
examples_perturbation_perturbation_SOURCES = examples/perturbation/perturbation.c
examples_perturbation_perturbation_CPPFLAGS = -I$(top_srcdir)/include
examples_perturbation_perturbation_LDADD = libwarpcheck.la -lm

# Plugins: the example as its README.md builds it, one that is odd where it is told to be,
# one that calls the example, and right warps in other forms.  Not by libtool, which builds
# none where the library itself is static only.
plugins = examples/plugin/bilinear.so %D%/subject/odd.so %D%/subject/altered.so \
	%D%/forms/forms.so
check_DATA = $(plugins)
CLEANFILES += $(plugins)
EXTRA_DIST += examples/plugin/README.md examples/plugin/bilinear.c %D%/subject/odd.c \
	%D%/subject/altered.c %D%/forms/forms.c %D%/forms/real.h \
	examples/README.md examples/cpp/warp_worker.cpp examples/cuda/warp.cu examples/leptonica/warp.c examples/opencl/warp.c examples/vips/warp.c examples/rust/warp_worker.rs \
	examples/perturbation/perturbation.py
plugin_compile = $(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) $(AM_CFLAGS) $(CFLAGS) -fPIC -shared \
	-I$(top_srcdir)/include $(LDFLAGS)
examples/plugin/bilinear.so: examples/plugin/bilinear.c include/warpcheck/plugin.h
	$(plugin_compile) -o $@ $(top_srcdir)/examples/plugin/bilinear.c -lm
%D%/subject/odd.so: %D%/subject/odd.c include/warpcheck/plugin.h
	$(plugin_compile) -o $@ $(top_srcdir)/%D%/subject/odd.c
%D%/subject/altered.so: %D%/subject/altered.c include/warpcheck/plugin.h
	$(plugin_compile) -o $@ $(top_srcdir)/%D%/subject/altered.c -ldl
# What is fused in it is so on purpose.
%D%/forms/forms.so: %D%/forms/forms.c %D%/forms/real.h include/warpcheck/plugin.h
	$(plugin_compile) -fopenmp -ffp-contract=off -o $@ $(top_srcdir)/%D%/forms/forms.c -lm

# Right warps in other forms, at random: SEED, and COUNT verifications of some 50 problems.
check-forms: warpcheck$(EXEEXT) %D%/forms/forms.so
	WARPCHECK='$(abs_builddir)/warpcheck' FORMS='$(abs_builddir)/%D%/forms/forms.so' \
		$(SHELL) $(srcdir)/%D%/forms/run.sh
.PHONY: check-forms

# The reasons of coverage against experiments: SEED, and COUNT random cases.
check-explain: %D%/units$(EXEEXT)
	EXPLAIN_SEED='$(SEED)' EXPLAIN_COUNT='$(COUNT)' %D%/units$(EXEEXT) explain
.PHONY: check-explain

# The detection table, doc/detection.md: every deviation by every checker.
EXTRA_PROGRAMS += %D%/detection/detect
check_detection_detect_SOURCES = %D%/detection/detect.c
check_detection_detect_LDADD = libwarpcheck.la $(GSL_LIBS) $(PNG_LIBS) $(ZIP_LIBS) \
	$(JANSSON_LIBS) -lm
detection: warpcheck$(EXEEXT) %D%/detection/detect$(EXEEXT)
	DETECT=%D%/detection/detect$(EXEEXT) WARPCHECK=./warpcheck$(EXEEXT) \
		$(SHELL) $(srcdir)/%D%/detection/table.sh >detection.md.new
	mv detection.md.new $(srcdir)/doc/detection.md
.PHONY: detection
EXTRA_DIST += %D%/detection/table.sh

# What real libraries made, all of it, and that a changed element is noticed.
check_PROGRAMS += %D%/recordings/mutate
check_recordings_mutate_SOURCES = %D%/recordings/mutate.c
check_recordings_mutate_LDADD = libwarpcheck.la $(GSL_LIBS) $(PNG_LIBS) $(ZIP_LIBS) \
	$(JANSSON_LIBS) -lm

# The page as doc/ shows it; python3 has NumPy.
screenshots: warpcheck$(EXEEXT)
	work=$$(mktemp -d) && PYTHONDONTWRITEBYTECODE=1 $${PYTHON:-python3} \
		$(srcdir)/%D%/report/screenshots.py '$(abs_builddir)/warpcheck$(EXEEXT)' \
		"$${BROWSER:-chromium}" "$$work" $(srcdir)/doc; rc=$$?; rm -rf "$$work"; exit $$rc
.PHONY: screenshots

# The command line, case by case, and what the tree itself must keep to.
check_scripts = \
	%D%/cli/run.sh \
	%D%/examples/perturbation.sh \
	%D%/cli/terminal.sh \
	%D%/examples/run.sh \
	%D%/forms/run.sh \
	%D%/python/run.sh \
	%D%/recordings/replay.sh \
	%D%/recordings/rewarp.sh \
	%D%/report/consumers.sh \
	%D%/report/gallery.sh \
	%D%/report/golden.sh \
	%D%/report/page.sh \
	%D%/run/shrink.sh \
	%D%/structure/format.sh \
	%D%/structure/globals.sh \
	%D%/structure/layering.sh \
	%D%/structure/notes.sh \
	%D%/subject/hostile.sh \
	%D%/vectors/models.sh
TESTS += $(check_scripts)
dist_check_SCRIPTS += %D%/units_longest.sh %D%/units_1.sh %D%/units_2.sh %D%/units_3.sh %D%/units_4.sh $(check_scripts) %D%/python/live.sh %D%/closing_lines.sh %D%/cli/under_valgrind.sh %D%/structure/coverage.sh
# Whole folders are copied, from the build too: what was built in them stays behind.
EXTRA_DIST += %D%/alarms/count.py %D%/alarms/page.py %D%/alarms/subjects.py
EXTRA_DIST += %D%/python/live.txt %D%/cli/cases %D%/cli/fixtures %D%/cli/json_has.py %D%/cli/terminal.py %D%/recordings %D%/vectors %D%/structure/layers.txt \
	%D%/subject/hostile.txt %D%/report/junit.xsd %D%/report/sarif.json %D%/report/schema.py %D%/report/svg.rng \
	%D%/report/browser.py %D%/report/page.py %D%/report/screenshots.py
dist-hook:
	for folder in recordings vectors; do \
		find $(distdir)/check/$$folder \( -name '*.o' -o -name '*.log' -o -name '*.trs' \
			-o -name '*.Po' -o -name '*.py[co]' -o -name mutate -o -name .dirstamp \) -type f \
			-exec rm -f {} + ; \
	done
AM_TESTS_ENVIRONMENT = \
	WARPCHECK='$(abs_builddir)/warpcheck'; export WARPCHECK; \
	MUTATE='$(abs_builddir)/check/recordings/mutate'; export MUTATE; \
	FORMS='$(abs_builddir)/check/forms/forms.so'; export FORMS; \
	UNITS='$(abs_builddir)/check/units'; export UNITS; \
	PERTURBATION='$(abs_builddir)/examples/perturbation/perturbation'; export PERTURBATION; \
	OBJDUMP='$(OBJDUMP)'; export OBJDUMP; \
	instrumented='$(instrumented)'; export instrumented; \
	srcdir='$(abs_srcdir)'; export srcdir;
