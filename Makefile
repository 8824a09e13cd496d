# `make demo` shows the main job on the simulator; `make test` checks everything.
# Another Python than `python3`: make test PYTHON=python3.12

PYTHON ?= python3
CARGO ?= cargo
VENV := .venv
DEMO_VENV := .venv-demo
JUDGES_VENV := .venv-judges
STRANGERS_VENV := .venv-strangers
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))

# Without the AWS SDK: builds in seconds.
LIGHT := -p ami-share-core -p ami-share --no-default-features \
	--features ami-share-core/distribution,ami-share-core/mock,ami-share/conformance,ami-share/distribution,ami-share/simulator-server
# With it: always the same packages and features, so that it is compiled once per profile.
FULL := -p ami-share-core -p ami-share -p ami-share-py \
	--features ami-share/aws,ami-share/conformance,ami-share/distribution,ami-share/simulator-server,ami-share-core/distribution,ami-share-core/mock

export AMI_SHARE_MOTO_SERVER := $(CURDIR)/$(VENV)/bin/moto_server
# The binding is an extension module: it finds Python's symbols where it is loaded.
export PYO3_BUILD_EXTENSION_MODULE := 1

.PHONY: help
help: ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# --- See it ---

.PHONY: demo
demo: ## Share, verify and revoke on the simulator, from Rust; needs no AWS account
	@$(CARGO) run --quiet -p ami-share --example quickstart

.PHONY: demo-python
demo-python: ## The same from Python
	@test -x $(DEMO_VENV)/bin/python || $(PYTHON) -m venv $(DEMO_VENV)
	@$(DEMO_VENV)/bin/python -m pip install --quiet --disable-pip-version-check \
		--config-settings=build-args="--no-default-features --profile dev" ./ami-share-py
	@$(DEMO_VENV)/bin/python examples/quickstart.py

# --- Check it ---

.PHONY: test
test: lint test-light test-strangers test-judges test-aws test-python docs ## Everything that CI checks
	@echo "all checks passed"

.PHONY: test-light
test-light: ## Unit, doc, conformance and example tests on the simulator, without the AWS SDK
	$(CARGO) test $(LIGHT)
	$(CARGO) test -p ami-share --example embed_in_service
	$(CARGO) bench -p ami-share --features simulator-server -- --test
	./tests/no_sdk.sh

.PHONY: test-judges
test-judges: $(JUDGES_VENV)/ready ## Generated policies before judges from PyPI
	AMI_SHARE_JUDGES_PYTHON=$(CURDIR)/$(JUDGES_VENV)/bin/python \
		$(CARGO) test $(LIGHT) --test policy_judges -- --ignored

.PHONY: test-aws
test-aws: $(VENV)/ready ## The same with the AWS SDK, and the AWS backend against moto
	$(CARGO) test $(FULL)

.PHONY: test-python
test-python: wheel ## The wheel on every Python from 3.10 to 3.13 that is there
	./ami-share-py/tests/run.sh $(VENV)

.PHONY: test-strangers
test-strangers: $(STRANGERS_VENV)/ready ## Foreign AWS clients, and moto beside, on the simulator's server
	$(CARGO) build -p ami-share --no-default-features --features simulator-server --example simulator
	AMI_SHARE_SIMULATOR=$(TARGET)/debug/examples/simulator \
		$(STRANGERS_VENV)/bin/python -m pytest -q tests/strangers

.PHONY: wheel
wheel: $(VENV)/ready ## The Python package with the AWS backend, into target/wheels
	rm -rf target/wheels
	$(VENV)/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir target/wheels ./ami-share-py

.PHONY: lint
lint: ## Format, and clippy for each feature set
	$(CARGO) fmt --all --check
	$(CARGO) clippy -p ami-share-core --no-default-features --all-targets -- -D warnings
	$(CARGO) clippy -p ami-share-core --no-default-features --features mock --all-targets -- -D warnings
	$(CARGO) clippy -p ami-share-core --no-default-features --features distribution --all-targets -- -D warnings
	$(CARGO) clippy -p ami-share-core --no-default-features --features simulator --all-targets -- -D warnings
	$(CARGO) clippy $(LIGHT) --all-targets -- -D warnings
	./tests/clippy_full.sh $(FULL)

.PHONY: docs
docs: ## The documentation of core, with every link checked
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps -p ami-share-core --features sso,credentials-process,distribution,mock,conformance,simulator-server

.PHONY: oracle
oracle: ## Compare the evaluator with a foreign judge on fresh cases; needs Node
	./tests/oracle/run.sh

.PHONY: mutants
mutants: ## Plant bugs in a copy of the evaluator; the saved cases have to catch each
	MUTANTS_TARGET=$(CURDIR)/target/mutants ./tests/oracle/mutants.sh

.PHONY: fuzz
fuzz: fuzz/corpus ## Each fuzz target for 10 minutes; needs cargo-fuzz
	cd fuzz && for target in policy_parse policy_patch policy_evaluate; do \
		RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run $$target corpus/$$target seeds/$$target -- \
			-dict=policy.dict -max_len=4096 -max_total_time=600 || exit 1; done

.PHONY: bench
bench: ## Benchmarks that need no AWS SDK
	$(CARGO) bench -p ami-share --features simulator-server

.PHONY: bench-aws
bench-aws: ## What a call of the AWS backend costs over the bare SDK, and what copies and shares at scale cost
	$(CARGO) bench $(FULL) --bench aws_overhead --bench copies

.PHONY: fmt
fmt: ## Format the code
	$(CARGO) fmt --all

# Ray is here alone, and has no wheel for some versions: without it, the test of its example is skipped.
$(VENV)/ready: ami-share-py/requirements-test.txt examples/requirements-ray.txt
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check \
		-r ami-share-py/requirements-test.txt
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r examples/requirements-ray.txt \
		|| echo "Ray could not be installed for this Python: its example is not tested" >&2
	touch $@

$(JUDGES_VENV)/ready: tests/policy_judges/requirements.txt
	test -x $(JUDGES_VENV)/bin/python || $(PYTHON) -m venv $(JUDGES_VENV)
	$(JUDGES_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/policy_judges/requirements.txt
	touch $@

$(STRANGERS_VENV)/ready: tests/strangers/requirements.txt
	test -x $(STRANGERS_VENV)/bin/python || $(PYTHON) -m venv $(STRANGERS_VENV)
	$(STRANGERS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/strangers/requirements.txt
	touch $@

# What earlier runs found, minimized.
fuzz/corpus: fuzz/corpus.tar.xz
	mkdir -p $@
	tar -C $@ -xJf $<
	touch $@
