# Four words, the same here and in CI. What is missing on the machine is installed first.

.PHONY: run build test lint bench fuzz prepare

# make run ARGS="--headless"
run: build
	@exec .build/release/anyllm-tui $(ARGS)

# Folds equal functions and packs relocations: pages that would otherwise lie in memory.
LINKING = -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs -Xlinker --icf=safe

build:
	@scripts/prepare build
	@swift build -c release --static-swift-stdlib $(LINKING)

# make test ONLY="swift clients"; the sections stand in scripts/test
test:
	@scripts/prepare build test
	@scripts/test $(ONLY)

lint:
	@scripts/lint

# make bench QUICK=1 takes a minute and writes no document
bench: build
	@scripts/prepare bench
	@python3 Benchmarks/run.py $(if $(QUICK),--quick) $(ARGS)

# make fuzz TARGET="json sse" FUZZ_SECONDS=60; all of them take ten minutes each
fuzz:
	@scripts/prepare build
	@scripts/fuzz $(TARGET)

prepare:
	@scripts/prepare build test bench
