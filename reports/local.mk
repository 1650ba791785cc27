# Findings on real libraries, a page each, from the program alone: reports/gallery.
gallery: warpcheck$(EXEEXT)
	WARPCHECK='$(abs_builddir)/warpcheck' $(SHELL) $(srcdir)/%D%/gallery.sh $(srcdir)/%D%/gallery
.PHONY: gallery
# Whole folders.
EXTRA_DIST += %D%/arrays.sh %D%/gallery %D%/gallery.sh %D%/pages
