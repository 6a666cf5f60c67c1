# layoutbench: the one front door. `make help` lists what it can do.
#
# Layout of this file: settings, sources, builds, programs, measuring, tests, the rest.
# No tool is probed when make starts: a bare machine can run `make help` and `make deps`.

# One goal is built on all CPUs (a -j of your own wins); several goals run one after the other.
ifeq ($(MAKELEVEL)$(filter 0 1,$(words $(MAKECMDGOALS))),0$(words $(MAKECMDGOALS)))
MAKEFLAGS += -j$(shell nproc)
endif

# ---- Settings a user may give --------------------------------------------------------------------
BUILD   ?= release
PROFILE ?= standard
OUT     ?= out
RESULTS ?= '$(OUT)/results.json'
# Of the environment or the command line; what make itself would take (cc) is no choice of anyone.
ifeq ($(origin CC),default)
CC       = gcc
endif
ifeq ($(origin CXX),default)
CXX      = g++
endif
V       ?= 0
# A folder of your own benchmarks (FAMILY/NAME.c in it), with what they need to compile and link.
EXTRA_BENCHMARKS ?=
EXTRA_CFLAGS     ?=
EXTRA_LDLIBS     ?=
PYTHON  ?= /usr/bin/python3
PREFIX  ?= /usr/local

# ---- Builds: one folder each ---------------------------------------------------------------------
# Each function begins a cache line: a change elsewhere then moves no loop within its lines, which
# was seen to make one take 1.8 times as long (docs/methodology.md).
CFLAGS_release  = -O2 -g -falign-functions=64
CFLAGS_debug    = -O0 -g3
CFLAGS_asan     = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_tsan     = -O1 -g -fsanitize=thread
CFLAGS_coverage = -O0 -g --coverage
BUILD_CFLAGS   := $(CFLAGS_$(BUILD))
ifeq ($(BUILD_CFLAGS),)
$(error unknown BUILD=$(BUILD): use release, debug, asan, tsan or coverage)
endif

WARNINGS  = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
WERROR   ?=
# Another folder for a build with other settings, e.g. a user's own benchmarks or another compiler.
BUILD_DIR ?= build/$(BUILD)
B        := $(BUILD_DIR)
# Another build's folder, whose objects are linked as they are: a build that only adds benchmarks.
OBJECTS  ?= $(B)
ALL_CPPFLAGS = -I. -D_GNU_SOURCE $(CPPFLAGS)
# Records that the code knows by sizeof and offsetof alone stand in DWARF too, for pahole.
DEBUG_TYPES  = -fno-eliminate-unused-debug-types
ALL_CFLAGS   = -std=c11 $(BUILD_CFLAGS) $(DEBUG_TYPES) $(WARNINGS) $(WERROR) $(CFLAGS)
ALL_CXXFLAGS = -std=c++17 $(BUILD_CFLAGS) -Wall -Wextra -Wshadow $(WERROR) $(CXXFLAGS)
# A run starts thousands of processes: at fixed addresses and with the libraries inside there are
# few relocations to make (45,000 with shared ones, mostly in libpfm's tables), and a third less of
# a start's CPU time without libstdc++ to map. libc stays shared: allocators are preloaded.
LDLIBS       = -no-pie -l:libpfm.a -l:libjson-c.a -lm
# The C++ driver links where there is one: one file of benchmarks is C++. Lazy: asked in a recipe.
LINKER       = $(shell command -v $(CXX) >/dev/null 2>&1 && echo $(CXX) $(CXX_LIBS_$(BUILD)) || echo $(CC))
CXX_LIBS_release = -static-libstdc++ -static-libgcc

ifeq ($(V),0)
Q    = @
say  = @printf '  %-7s %s\n' $(1) $(2)
else
Q    =
say  = @:
endif

# ---- Sources -------------------------------------------------------------------------------------
HARNESS_SRC   := $(filter-out harness/case/alloc_shim.c,$(wildcard harness/*/*.c))
SUITE_SRC     := $(sort $(wildcard benchmarks/*/*.c))
SUITE_CXX     := $(sort $(wildcard benchmarks/*/*_cxx.cpp))
EXTRA_SRC     := $(if $(EXTRA_BENCHMARKS),$(sort $(wildcard $(EXTRA_BENCHMARKS)/*/*.c)))
GATE_SRC      := $(filter-out ci/gate_main.c,$(wildcard ci/*.c))
TEST_SRC      := $(wildcard tests/harness/test_*.c) $(wildcard tests/ci/test_*.c)
HARNESS_OBJ   := $(HARNESS_SRC:%.c=$(B)/%.o) $(B)/claims_source.o
# An extra folder may lie outside the tree: its objects go under $(B)/extra.
BENCHMARK_OBJ := $(SUITE_SRC:%.c=$(OBJECTS)/%.o) $(SUITE_CXX:%.cpp=$(OBJECTS)/%.o) \
                 $(EXTRA_SRC:$(EXTRA_BENCHMARKS)/%.c=$(B)/extra/%.o) $(B)/benchmark_list.o
GATE_OBJ      := $(GATE_SRC:%.c=$(B)/%.o) $(B)/policy_source.o
TESTS         := $(TEST_SRC:%.c=$(B)/%)

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all help FORCE
MEASURING = $(B)/layoutbench $(B)/liblayoutbench-alloc.so

all: $(MEASURING) $(B)/layoutbench-gate ## build the programs (BUILD=release|debug|asan|tsan|coverage)

help: ## this list
	@awk -F':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  PROFILE=quick|standard|thorough   OUT=dir   RESULTS="a.json b.json"   V=1   BENCH=family/name'
	@echo '  RUN_FLAGS="--filter boxing"   EXTRA_BENCHMARKS=dir   PREFIX=dir   TRIALS=n'

# ---- Objects -------------------------------------------------------------------------------------

# What was compiled, or linked, with other flags is made again.
flags_text      = $(CC) $(CXX) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_CXXFLAGS) $(EXTRA_CFLAGS)
link_flags_text = $(LDFLAGS) $(LDLIBS) $(EXTRA_LDLIBS)
$(B)/flags $(B)/link_flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$($(@F)_text)' > $@.tmp
	@if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi

# A default build has the first two alone; others say whose they are.
BUILD_INFO_FLAGS = $(strip $(BUILD_CFLAGS) $(CFLAGS) \
  $(foreach name,CPPFLAGS CXXFLAGS EXTRA_CFLAGS LDFLAGS,$(if $(strip $($(name))),$(name)=$($(name)))))
$(B)/generated_build_info.h: FORCE
	@mkdir -p $(@D)
	@{ printf '#define LB_BUILD_COMMIT "%s"\n' "$$(git describe --always --dirty --abbrev=12 2>/dev/null)"; \
	   printf '#define LB_BUILD_COMPILER "%s"\n' "$$($(CC) --version | head -n 1)"; \
	   printf '%s\n' '$(BUILD_INFO_FLAGS)' | sed 's/[\\"]/\\&/g; s/.*/#define LB_BUILD_FLAGS "&"/'; \
	   printf '#define LB_BUILD_NAME "%s"\n' '$(BUILD)'; } > $@.tmp
	@if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi

# The list of benchmarks is the list of files: one descriptor a file, named after it.
$(B)/benchmark_list.c: FORCE
	@mkdir -p $(@D)
	@{ echo '/* Generated by make from the files in benchmarks/. */'; \
	   echo '#include "harness/case/registry.h"'; \
	   for f in $(SUITE_SRC) $(EXTRA_SRC); do d=$${f%/*}; n=$${f##*/}; \
	     echo "extern const struct lb_benchmark lb_benchmark_$${d##*/}_$${n%.c};"; done; \
	   echo 'const struct lb_benchmark *const lb_benchmark_list[] = {'; \
	   for f in $(SUITE_SRC) $(EXTRA_SRC); do d=$${f%/*}; n=$${f##*/}; \
	     echo "    &lb_benchmark_$${d##*/}_$${n%.c},"; done; \
	   echo '    0,'; echo '};'; } > $@.tmp
	@if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi

$(B)/%.o: %.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/benchmark_list.o $(B)/claims_source.o $(B)/policy_source.o: $(B)/%.o: $(B)/%.c $(B)/flags
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

ifneq ($(EXTRA_BENCHMARKS),)
$(B)/extra/%.o: $(EXTRA_BENCHMARKS)/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(EXTRA_CFLAGS) -MMD -MP -c -o $@ $<
endif

# Without a C++ compiler the object is empty: its variants are skipped, with the reason.
$(B)/%_cxx.o: %_cxx.cpp $(B)/flags
	$(call say,CXX,$<)
	@mkdir -p $(@D)
	$(Q)if command -v $(CXX) >/dev/null 2>&1; then \
	  $(CXX) $(ALL_CPPFLAGS) $(ALL_CXXFLAGS) -MMD -MP -c -o $@ $<; \
	else echo '  no $(CXX): the C++ rows of $< will be skipped'; \
	  $(CC) -x c -c -o $@ /dev/null; fi

# The claims and the gate's policy travel in the programs, as one C string, a line of it a line.
$(B)/claims_source.c: benchmarks/claims.json Makefile
$(B)/policy_source.c: ci/policy.json Makefile
$(B)/claims_source.c $(B)/policy_source.c:
	@mkdir -p $(@D)
	@{ echo '/* Generated by make from $<. */'; \
	   echo 'extern const char lb_$(basename $(@F))[];'; \
	   echo 'const char lb_$(basename $(@F))[] ='; \
	   sed 's/[\\"]/\\&/g; s/.*/    "&\\n"/' $<; echo '    ;'; } > $@

$(B)/harness/base/build_info.o: $(B)/generated_build_info.h
$(B)/harness/base/build_info.o: ALL_CPPFLAGS += -I$(B)

# ---- Programs ------------------------------------------------------------------------------------
linked = $(filter-out $(B)/link_flags,$^)

$(B)/libharness.a: $(HARNESS_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/layoutbench: $(OBJECTS)/harness/main.o $(BENCHMARK_OBJ) $(OBJECTS)/libharness.a $(B)/link_flags
	$(call say,LINK,$@)
	$(Q)$(LINKER) $(BUILD_CFLAGS) $(LDFLAGS) -o $@ $(linked) $(LDLIBS) $(EXTRA_LDLIBS)

$(B)/libgate.a: $(GATE_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/layoutbench-gate: $(B)/ci/gate_main.o $(B)/libgate.a $(B)/libharness.a $(B)/link_flags
	$(call say,LINK,$@)
	$(Q)$(CC) $(BUILD_CFLAGS) $(LDFLAGS) -o $@ $(linked) $(LDLIBS)

# Preloaded in front of any allocator for the pass that counts allocations; never while timing.
$(B)/liblayoutbench-alloc.so: harness/case/alloc_shim.c $(B)/flags
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) -std=c11 -O2 -g $(WARNINGS) -fPIC -MMD -MP -MF $@.d -shared -o $@ $< -ldl

# ---- Measuring and reporting ---------------------------------------------------------------------
.PHONY: bench report gate
# What was measured is shown even when a case failed (1) or Ctrl-C ended it (130); no page is a
# failure, too.
bench: $(MEASURING) ## measure this machine and write the page (PROFILE=quick|standard|thorough, OUT=dir)
	@status=0; $(B)/layoutbench run --profile $(PROFILE) --output '$(OUT)/results.json' $(RUN_FLAGS) || status=$$?; \
	case $$status in 0|1|130) $(MAKE) --no-print-directory report RESULTS="'$(OUT)/results.json'" OUT='$(OUT)' || \
	  [ $$status -ne 0 ] || status=1;; esac; \
	exit $$status

report: ## RESULTS="a.json b.json" as one page, OUT/report.html (GATE=gate.json: with its verdict)
	$(Q)$(PYTHON) -m reports $(RESULTS) $(if $(GATE),--gate '$(GATE)') --output '$(OUT)/report.html'

# make turns every failure into 2: CI calls scripts/gate, which passes the exit status on.
gate: ## does this tree make a benchmark slower than BASE=revision? (GATE_FLAGS="--strict ...")
	$(Q)+scripts/gate '$(BASE)' $(GATE_FLAGS)

gate-stored: all ## does this build count otherwise than ci/baseline.json? (no times)
	@[ -e ci/baseline.json ] || { echo 'no ci/baseline.json: run make baseline first' >&2; exit 2; }
	$(Q)$(B)/layoutbench-gate --base-results ci/baseline.json --head-binary $(B)/layoutbench $(GATE_FLAGS)

baseline: all ## store this build's exact counts in ci/baseline.json, and show what changes
	$(Q)$(B)/layoutbench-gate --write-baseline ci/baseline.json --head-binary $(B)/layoutbench $(GATE_FLAGS)

# ---- Tests ---------------------------------------------------------------------------------------
$(B)/tests/%: $(B)/tests/%.o $(B)/libgate.a $(B)/libharness.a $(B)/link_flags
	$(call say,LINK,$@)
	$(Q)$(LINKER) $(BUILD_CFLAGS) $(LDFLAGS) -o $@ $(linked) $(LDLIBS) -lcmocka

# It asks for the records of the suite, as they are compiled here.
$(B)/tests/harness/test_struct_layouts: $(B)/tests/harness/test_struct_layouts.o $(BENCHMARK_OBJ) $(B)/libharness.a $(B)/link_flags
	$(call say,LINK,$@)
	$(Q)$(LINKER) $(BUILD_CFLAGS) $(LDFLAGS) -o $@ $(linked) $(LDLIBS) $(EXTRA_LDLIBS) -lcmocka

# Benchmarks that crash, hang and lie, for the command line's tests, in a program of their own.
BROKEN_BUILD = $(MAKE) BUILD_DIR=build/broken OBJECTS=$(B) EXTRA_BENCHMARKS=tests/benchmarks
TSAN_BUILD   = $(MAKE) BUILD=tsan BUILD_DIR=build/tsan
ASAN_BUILD   = $(MAKE) BUILD=asan BUILD_DIR=build/asan
# valgrind 3.19 and pahole 1.24 do not read all of clang 14's DWARF 5.
CLANG_BUILD  = $(MAKE) BUILD=release BUILD_DIR=build/clang CC=clang CXX=clang++ WERROR=-Werror \
               CFLAGS=-gdwarf-4 CXXFLAGS=-gdwarf-4
RUN_TESTS    = $(PYTHON) tests/run.py --build-dir

.PHONY: test test-unit test-report test-programs test-asan test-tsan test-clang
test-programs: $(TESTS) $(B)/tests/ci/print_verdict $(B)/tests/peers/kernels_bench

test: all test-programs ## every test: units, report and tree, command line (scripts/setup --test)
	$(Q)+$(BROKEN_BUILD) build/broken/layoutbench build/broken/liblayoutbench-alloc.so
	$(Q)$(RUN_TESTS) $(B)

test-unit: test-programs ## the C unit tests alone
	$(Q)$(RUN_TESTS) $(B) unit

test-report: ## the report's tests alone, with a headless Chromium
	$(Q)$(PYTHON) -m pytest -q tests/reports

test-asan: ## unit tests and `layoutbench verify` under the address and UB sanitizers
	$(Q)+$(ASAN_BUILD) all test-unit
	$(Q)build/asan/layoutbench verify

# Asked in the recipe: the benchmarks that start threads or take locks.
THREADED = $(patsubst benchmarks/%.c,--filter %,$(shell grep -l 'pthread\.h' benchmarks/*/*.c))

test-tsan: ## `layoutbench verify` of the threaded benchmarks under the thread sanitizer
	$(Q)+$(TSAN_BUILD) all
	$(Q)build/tsan/layoutbench verify $(THREADED)

test-clang: ## build with clang, warnings are errors; unit tests and `layoutbench verify`
	$(Q)+$(CLANG_BUILD) all test-unit
	$(Q)build/clang/layoutbench verify

# The emulated machine's own programs: static, cross-built.
$(B)/tests/pmu/%: $(B)/tests/pmu/%.o $(B)/libharness.a $(B)/link_flags
	$(call say,LINK,$@)
	$(Q)$(CC) $(BUILD_CFLAGS) $(LDFLAGS) -o $@ $(linked) $(LDLIBS)

.PHONY: test-pmu
test-pmu: ## a real PMU, in an emulated Arm machine (needs qemu-system-arm, gcc-aarch64-linux-gnu)
	$(Q)$(PYTHON) -m pytest -q -rs -p no:cacheprovider tests/pmu/check_guest.py

.PHONY: check-models
check-models: all ## simulate every case, and fail where an exact model is more than 2 % off
	$(Q)$(B)/layoutbench simulate

.PHONY: lint format
lint: $(B)/generated_build_info.h ## clang-format, clang-tidy, cppcheck, shellcheck, black, flake8
	$(Q)scripts/lint

format: ## let clang-format and black rewrite the tracked files
	$(Q)scripts/lint --fix

include tests/peers/peers.mk

# ---- The rest ------------------------------------------------------------------------------------
.PHONY: deps deps-test docs asm install
deps: ## install what building, measuring and reporting need (scripts/setup)
	$(Q)scripts/setup

deps-test: ## the same, and what the tests and lint need
	$(Q)scripts/setup --test

docs: ## docs/results-format.md from results-schema.json
	$(Q)$(PYTHON) scripts/results_format.py > docs/results-format.md

# The shim lies beside the program, which looks for it there, and the report beside its schema;
# bin/ has links.
INSTALLED = $(DESTDIR)$(PREFIX)/lib/layoutbench
install: all ## install the programs and the report under DESTDIR/PREFIX
	$(Q)install -d '$(DESTDIR)$(PREFIX)/bin' '$(INSTALLED)'
	$(Q)install $(B)/layoutbench $(B)/layoutbench-gate $(B)/liblayoutbench-alloc.so '$(INSTALLED)'
	$(Q)rm -rf '$(INSTALLED)/reports'
	$(Q)for file in results-schema.json $$(find reports -type f ! -name '*.pyc'); do \
	  install -D -m 644 $$file '$(INSTALLED)'/$$file; done
	$(Q)chmod 755 '$(INSTALLED)/reports/layoutbench-report'
	$(Q)for program in layoutbench layoutbench-gate reports/layoutbench-report; do \
	  ln -sf ../lib/layoutbench/$$program '$(DESTDIR)$(PREFIX)/bin/'; done

asm: all ## the machine code of a benchmark's timed functions (BENCH=family/name)
	$(Q)scripts/asm $(B) '$(BENCH)'

.PHONY: clean
clean: ## remove what was built
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
