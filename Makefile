# Everything from a bare machine: python3 (3.11+), pip, make and git are enough.
PYTHON ?= python3
BIN := .venv/bin
UV := .bootstrap/bin/uv
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

.PHONY: help demo desk demo-pictures test check fmt bench lock setup clean
help:            ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: .venv/ready  ## the locked environment in .venv

$(UV): requirements-boot.lock
	$(PYTHON) -m pip install --quiet --root-user-action=ignore --require-hashes --no-deps --upgrade --target .bootstrap -r requirements-boot.lock
	@touch $(UV)

.venv/ready: $(UV) requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements-dev.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

demo: .venv/ready  ## an invented week through the real path; look in var/demo afterwards
	$(BIN)/varde demo

desk: .venv/ready  ## the demo's desk with its log-ins (make demo first)
	$(BIN)/varde desk --demo

demo-pictures: .venv/ready  ## pictures of the demo's digest in docs/ (make demo first; needs chromium)
	$(BIN)/python -m benchmarks.demo_pictures

test: .venv/ready  ## all tests (make test T=tests/test_x.py for some)
	$(BIN)/python -m pytest -n auto --dist loadfile $(T)

check: .venv/ready  ## format, lint, types, who imports whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .import_linter_cache

bench: .venv/ready  ## the week's speed beside peers, then relevance (needs labelled sets beside the project)
	$(BIN)/python -m benchmarks.machine
	$(BIN)/python -m benchmarks.week --items 10000 --companies 100 --then 1000 --changed --peers 10000
	$(BIN)/varde evaluate

fmt: .venv/ready  ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(UV)  ## renew the three lock files
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	echo "uv" | $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header - -o requirements-boot.lock

clean:           ## remove the environment (var/ stays)
	rm -rf .venv .bootstrap
