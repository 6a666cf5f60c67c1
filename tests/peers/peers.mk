# peers.mk - what the harness, the gate and the kernels are measured against; part of the Makefile.

$(B)/tests/peers/harness_bench: $(B)/tests/peers/harness_bench.o $(BENCHMARK_OBJ) $(B)/libharness.a $(B)/link_flags
	$(call say,LINK,$@)
	$(Q)$(LINKER) $(BUILD_CFLAGS) $(LDFLAGS) -o $@ $(linked) $(LDLIBS)

$(B)/tests/peers/gbench_peer: tests/peers/gbench_peer.cpp $(B)/tests/peers/kernel.o $(BENCHMARK_OBJ) $(B)/libharness.a $(B)/link_flags
	$(call say,LINK,$@)
	$(Q)$(CXX) $(ALL_CPPFLAGS) $(ALL_CXXFLAGS) $(LDFLAGS) -o $@ $(linked) $(LDLIBS) -lbenchmark -lpthread

.PHONY: bench-harness
bench-harness: all $(B)/tests/peers/harness_bench $(B)/tests/peers/gbench_peer ## the harness beside Google Benchmark, in one run (RUNS=30 TRIALS=60: 46 minutes; TRIALS is 200 unless given)
	$(Q)$(PYTHON) tests/peers/bench_harness.py --build $(B) $(if $(RUNS),--runs $(RUNS)) $(if $(TRIALS),--trials $(TRIALS))

# The same kernels with 0, 3 and 5 % more work an op, each a layoutbench of its own.
SLOWED = $(foreach permille,0 30 50,$(B)/tests/peers/slowed_$(permille))
$(SLOWED): $(B)/tests/peers/slowed_%: tests/peers/slowed.c $(B)/harness/main.o $(B)/libharness.a $(B)/flags $(B)/link_flags
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -DLB_SLOWED_PERMILLE=$* $(LDFLAGS) -o $@ $(filter %.c %.o %.a,$^) $(LDLIBS)

$(B)/tests/peers/gate_bench: $(B)/tests/peers/gate_bench.o $(B)/libgate.a $(B)/libharness.a $(B)/link_flags
	$(call say,LINK,$@)
	$(Q)$(CC) $(BUILD_CFLAGS) $(LDFLAGS) -o $@ $(linked) $(LDLIBS)

.PHONY: bench-gate
bench-gate: $(SLOWED) $(B)/tests/peers/gate_bench ## false alarms and slowdowns found, beside other tools' rules (TRIALS=8: 5 minutes; all 100: over an hour)
	$(Q)$(PYTHON) tests/peers/bench_gate.py --build $(B) $(if $(TRIALS),--trials $(TRIALS))

# Hash tables from packages: one that is missing is named by the run, and left out.
KERNEL_PEERS = kernels_bench peer_loops peer_khash peer_uthash peer_glib
# What a specialist would ask for, whatever the suite asks for itself.
$(B)/tests/peers/peer_loops.o: private CFLAGS += -O3 -march=native
$(B)/tests/peers/peer_glib.o: private CPPFLAGS += $(shell pkg-config --cflags glib-2.0 2>/dev/null)
$(B)/tests/peers/kernels_bench: $(KERNEL_PEERS:%=$(B)/tests/peers/%.o) $(BENCHMARK_OBJ) $(B)/libharness.a $(B)/link_flags
	$(call say,LINK,$@)
	$(Q)$(LINKER) $(BUILD_CFLAGS) $(LDFLAGS) -o $@ $(linked) $(LDLIBS) $$(pkg-config --libs glib-2.0 2>/dev/null)

.PHONY: bench-kernels
bench-kernels: $(B)/tests/peers/kernels_bench ## the kernels beside STREAM-like loops and packaged hash tables (10 minutes)
	$(Q)$(PYTHON) tests/peers/bench_kernels.py --build $(B)

.PHONY: bench-report
bench-report: ## seconds and bytes of pages of 500, 1,000 and 2,000 cases
	$(Q)$(PYTHON) -m tests.reports.bench_report
