# Findings on real libraries, a page each, from the program alone: reports/gallery.
gallery: warpcheck$(EXEEXT)
	WARPCHECK='$(abs_builddir)/warpcheck' $(SHELL) $(srcdir)/%D%/gallery.sh $(srcdir)/%D%/gallery
.PHONY: gallery
# Whole folders.
EXTRA_DIST += %D%/arrays.sh %D%/gallery %D%/gallery.sh %D%/pages

# Whole reports, to the letter: reports/golden.
golden: warpcheck$(EXEEXT)
	WARPCHECK='$(abs_builddir)/warpcheck' $(SHELL) $(srcdir)/%D%/golden.sh $(srcdir)/%D%/golden
.PHONY: golden
EXTRA_DIST += %D%/golden %D%/golden.sh
