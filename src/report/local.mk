libwarpcheck_la_SOURCES += \
	%D%/arrays.c \
	%D%/cells.c \
	%D%/cells.h \
	%D%/comparison.c \
	%D%/comparison.h \
	%D%/digest.c \
	%D%/digest.h \
	%D%/formats.h \
	%D%/gate.c \
	%D%/html.c \
	%D%/json.c \
	%D%/json_compare.c \
	%D%/json_map.c \
	%D%/json_map_gradient.c \
	%D%/json_set.c \
	%D%/junit.c \
	%D%/junit_coverage.c \
	%D%/kind.c \
	%D%/kind.h \
	%D%/lcov.c \
	%D%/markdown.c \
	%D%/markdown.h \
	%D%/markdown_coverage.c \
	%D%/markdown_map.c \
	%D%/markdown_verify.c \
	%D%/markup.c \
	%D%/markup.h \
	%D%/page.c \
	%D%/page.h \
	%D%/palette.c \
	%D%/palette.h \
	%D%/paragraph.c \
	%D%/paragraph.h \
	%D%/picture.c \
	%D%/picture.h \
	%D%/planes.c \
	%D%/planes.h \
	%D%/regions.c \
	%D%/regions.h \
	%D%/report.c \
	%D%/report.h \
	%D%/sarif.c \
	%D%/sentence.c \
	%D%/sentence.h \
	%D%/sketch.c \
	%D%/sketch.h \
	%D%/summary.c \
	%D%/summary.h \
	%D%/svg.c \
	%D%/tables.c \
	%D%/tables.h \
	%D%/tap.c \
	%D%/text.c \
	%D%/text_compare.c \
	%D%/text_map.c \
	%D%/text_set.c \
	%D%/text_baseline.c \
	%D%/text_baseline.h \
	%D%/text_verify.c \
	%D%/uri.c \
	%D%/uri.h \
	%D%/utf8.c \
	%D%/utf8.h \
	%D%/what_if_picture.c \
	%D%/what_if_picture.h

# The page's files as C: one string a line, for no compiler has to take long ones.
page_files = %D%/page/page.html %D%/page/page.css %D%/page/page.js
EXTRA_DIST += $(page_files)
BUILT_SOURCES += %D%/page.inc
CLEANFILES += %D%/page.inc

%D%/page.inc: $(page_files) %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) %D% && for part in html css js; do \
	  echo "const char *const wck_page_$$part[] = {"; \
	  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$$/\\n",/' \
	    $(srcdir)/%D%/page/page.$$part || exit 1; \
	  echo "    NULL};"; \
	done >$@-t && mv $@-t $@
%D%/page.lo: %D%/page.inc
