libwarpcheck_la_SOURCES += \
	%D%/adjoint.c \
	%D%/border_value.c \
	%D%/bound.c \
	%D%/bound.h \
	%D%/cell.c \
	%D%/cell.h \
	%D%/checker.c \
	%D%/checker.h \
	%D%/checkers.h \
	%D%/colouring.c \
	%D%/colouring.h \
	%D%/coordinates.c \
	%D%/determinism.c \
	%D%/forward.c \
	%D%/image_jacobian.c \
	%D%/jacobian.c \
	%D%/jacobian.h \
	%D%/linearity.c \
	%D%/margin.c \
	%D%/margin.h \
	%D%/matrix.c \
	%D%/pullback.c \
	%D%/pullback.h \
	%D%/sample.c \
	%D%/sample.h \
	%D%/trial.c \
	%D%/trial.h
