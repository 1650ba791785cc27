# The Python package; pip installs it from this folder.  Its tests: check/python/run.sh.
EXTRA_DIST += \
	doc/python.md \
	examples/numpy/shear.py \
	examples/story/warp_affine.py \
	%D%/README.md \
	%D%/pyproject.toml \
	%D%/tests/conftest.py \
	%D%/tests/host.py \
	%D%/tests/plain.py \
	%D%/tests/subjects.py \
	%D%/tests/test_api.py \
	%D%/tests/test_forward_mode.py \
	%D%/tests/test_second_order.py \
	%D%/tests/test_frameworks.py \
	%D%/tests/test_libraries.py \
	%D%/tests/test_plain.py \
	%D%/tests/test_recorder.py \
	%D%/tests/test_served.py \
	%D%/tests/test_worker.py \
	%D%/warpcheck/__init__.py \
	%D%/warpcheck/adapt.py \
	%D%/warpcheck/api.py \
	%D%/warpcheck/arguments.py \
	%D%/warpcheck/binding.py \
	%D%/warpcheck/declaration.py \
	%D%/warpcheck/find.py \
	%D%/warpcheck/frameworks.py \
	%D%/warpcheck/host.py \
	%D%/warpcheck/layouts.py \
	%D%/warpcheck/libraries.py \
	%D%/warpcheck/memory.py \
	%D%/warpcheck/probe.py \
	%D%/warpcheck/protocol.py \
	%D%/warpcheck/pytest_plugin.py \
	%D%/warpcheck/recorder.py \
	%D%/warpcheck/recording.py \
	%D%/warpcheck/worker.py
