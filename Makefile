# `make demo` shows the main job on the simulator; `make test` checks everything.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CARGO ?= cargo

# Core and examples without the AWS SDK build in seconds.
LIGHT := -p ami-share-core -p ami-share --no-default-features
LIGHT_FEATURES := ami-share-core/simulator,ami-share-core/mock,ami-share/conformance
# One feature set for everything with the SDK, so that it is compiled once per profile.
FULL := -p ami-share-core -p ami-share --features ami-share/aws,ami-share/conformance,ami-share-core/mock

export AMI_SHARE_MOTO_SERVER := $(CURDIR)/$(BIN)/moto_server

.PHONY: help demo demo-python test test-rust test-light test-aws test-python lint docs bench fmt clean-venv

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: ## Share, verify and revoke on the simulator, from Rust; needs no AWS account
	$(CARGO) run --quiet -p ami-share --example quickstart

demo-python: $(VENV)/demo ## The same from Python
	$(VENV)-demo/bin/python examples/quickstart.py

test: lint test-light test-aws test-python docs ## Check everything

test-rust: test-light test-aws ## All Rust tests

test-light: ## Unit, doc, conformance and example tests on the simulator
	$(CARGO) test $(LIGHT) --features $(LIGHT_FEATURES)
	$(CARGO) test -p ami-share --example embed_in_service
	$(CARGO) bench -p ami-share --bench plan -- --test
	./tests/no_sdk.sh

test-aws: $(VENV)/ready ## The AWS backend against moto
	$(CARGO) test $(FULL)
