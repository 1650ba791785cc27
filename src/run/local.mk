libwarpcheck_la_SOURCES += \
	%D%/allowed.c \
	%D%/allowed.h \
	%D%/ask.c \
	%D%/ask.h \
	%D%/baseline_file.c \
	%D%/baseline_file.h \
	%D%/budget.c \
	%D%/budget.h \
	%D%/c_array.c \
	%D%/c_array.h \
	%D%/calls.c \
	%D%/calls.h \
	%D%/chain_survey.c \
	%D%/chain_survey.h \
	%D%/compare.c \
	%D%/compare.h \
	%D%/conform.c \
	%D%/conform.h \
	%D%/cost.c \
	%D%/cost.h \
	%D%/draws.c \
	%D%/draws.h \
	%D%/evenness.c \
	%D%/evenness.h \
	%D%/failure.c \
	%D%/failure.h \
	%D%/fault.c \
	%D%/fault.h \
	%D%/grid_rounding.c \
	%D%/grid_rounding.h \
	%D%/inquiry.c \
	%D%/inquiry.h \
	%D%/way.c \
	%D%/way.h \
	%D%/landing.c \
	%D%/landing.h \
	%D%/machine.c \
	%D%/machine.h \
	%D%/matrices.c \
	%D%/matrices.h \
	%D%/note.c \
	%D%/note.h \
	%D%/plan.c \
	%D%/plan.h \
	%D%/posed.c \
	%D%/posed.h \
	%D%/put.c \
	%D%/put.h \
	%D%/reading.c \
	%D%/reading.h \
	%D%/record.c \
	%D%/record.h \
	%D%/reduction.c \
	%D%/reduction.h \
	%D%/recorded_map.c \
	%D%/recorded_map.h \
	%D%/recorded_survey.c \
	%D%/recorded_survey.h \
	%D%/reproduce.c \
	%D%/reproduce.h \
	%D%/reproduce_c.c \
	%D%/room.c \
	%D%/room.h \
	%D%/sampling.c \
	%D%/sampling.h \
	%D%/set_survey.c \
	%D%/set_survey.h \
	%D%/shrink.c \
	%D%/shrink.h \
	%D%/simplify.c \
	%D%/simplify.h \
	%D%/survey.c \
	%D%/survey.h \
	%D%/talk.c \
	%D%/talk.h \
	%D%/taps.c \
	%D%/taps.h \
	%D%/trim.c \
	%D%/trim.h \
	%D%/verify.c \
	%D%/verify.h \
	%D%/what_if.c \
	%D%/what_if.h \
	%D%/what_if_antialias.c \
	%D%/what_if_row.c \
	%D%/what_if_row.h \
	%D%/window.c \
	%D%/window.h \
	%D%/witness.c \
	%D%/witness.h

# The parts of a C test as C: one string a line.
failure_files = %D%/failure/judge.txt %D%/failure/tensors.txt %D%/failure/ask.txt \
	%D%/failure/end.txt
EXTRA_DIST += $(failure_files)
BUILT_SOURCES += %D%/failure.inc
CLEANFILES += %D%/failure.inc

%D%/failure.inc: $(failure_files) %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) %D% && for part in judge tensors ask end; do \
	  echo "const char *const wck_failure_$$part[] = {"; \
	  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$$/\\n",/' \
	    $(srcdir)/%D%/failure/$$part.txt || exit 1; \
	  echo "    NULL};"; \
	done >$@-t && mv $@-t $@
%D%/failure.lo: %D%/failure.inc
