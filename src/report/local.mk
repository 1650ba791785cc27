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
	%D%/json_chain.c \
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
	%D%/markdown_chain.c \
	%D%/markdown_coverage.c \
	%D%/markdown_map.c \
	%D%/markdown_verify.c \
	%D%/markup.c \
	%D%/markup.h \
	%D%/numbers.c \
	%D%/numbers.h \
	%D%/page.c \
	%D%/page.h \
	%D%/page_map.c \
	%D%/page_map.h \
	%D%/page_numbers.c \
	%D%/page_numbers.h \
	%D%/palette.c \
	%D%/palette.h \
	%D%/paragraph.c \
	%D%/paragraph.h \
	%D%/picture.c \
	%D%/picture.h \
	%D%/planes.c \
	%D%/planes.h \
	%D%/rectangles.c \
	%D%/rectangles.h \
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
	%D%/tables_map.c \
	%D%/tables_regions.c \
	%D%/tap.c \
	%D%/text.c \
	%D%/text_chain.c \
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
page_html = %D%/page/page.html
page_css = %D%/page/page.css
page_js = %D%/page/numbers.js %D%/page/view.js %D%/page/taps.js %D%/page/page.js
EXTRA_DIST += $(page_html) $(page_css) $(page_js)
BUILT_SOURCES += %D%/page.inc
CLEANFILES += %D%/page.inc

%D%/page.inc: $(page_html) $(page_css) $(page_js) %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) %D% && { \
	  for part in "html $(page_html)" "css $(page_css)" "js $(page_js)"; do \
	    set -- $$part; \
	    echo "const char *const wck_page_$$1[] = {"; \
	    shift; \
	    for file; do \
	      sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$$/\\n",/' \
	        "$(srcdir)/$$file" || exit 1; \
	    done; \
	    echo "    NULL};"; \
	  done; } >$@-t && mv $@-t $@
%D%/page.lo: %D%/page.inc
