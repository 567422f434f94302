# Everything is done from here, on a fresh machine with Python >= 3.11 and Node >= 20:
#
#   make run      open the built-in model in the browser
#   make test     check everything, run every test
#   make check    format, lint, types and generated files of both languages
#   make bench    measure, against the targets
#   make build    the page, then a wheel and an sdist in dist/
#   make format   format both languages
#   make pictures take the pictures of the documentation again
#   make gallery  take the pictures that tests compare the page with again
#   make clean    remove what the other targets made
#
# Stamps in .venv say what is installed, so a second run does no work again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENT := client
NPM := npm --prefix $(CLIENT)
# Files of tests side by side, on as many cores as there are up to four; each with one thread, since models of tests
# are so small that threads only wait for each other. Browser tests have the machine to themselves: drawing in software
# takes all of it.
SIDE_BY_SIDE := --numprocesses=auto --maxprocesses=4 --dist=loadfile
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

# What has nothing to do with each other runs two at a time, and says what it said when it is done.
TWO_AT_A_TIME := --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.PHONY: run test check check-python check-client bench build format pictures gallery clean page chromium
.PHONY: test-client test-python test-browser

run: $(VENV)/.run page
	$(BIN)/cutaway

test:
	$(MAKE) $(TWO_AT_A_TIME) check-python check-client test-client
	$(MAKE) test-python
	$(MAKE) test-browser

check: check-python check-client

check-python: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/python -m cutaway.wire_typescript --check

check-client: $(CLIENT)/node_modules/.package-lock.json
	$(NPM) run check

test-client: $(CLIENT)/node_modules/.package-lock.json
	$(NPM) test

test-python: $(VENV)/.dev page
	$(ONE_THREAD) $(BIN)/python -m pytest --ignore=tests/browser $(SIDE_BY_SIDE)

test-browser: $(VENV)/.dev page chromium
	$(BIN)/python -m pytest tests/browser

bench: $(VENV)/.dev page chromium
	$(BIN)/python -m bench

build: $(VENV)/.dev
	$(BIN)/python hatch_build.py
	$(BIN)/python -m build --outdir dist .

format: $(VENV)/.dev $(CLIENT)/node_modules/.package-lock.json
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run format

pictures: $(VENV)/.dev page chromium
	$(BIN)/python tests/browser/pictures.py

gallery: $(VENV)/.dev page chromium
	$(BIN)/python tests/browser/gallery.py

clean:
	rm -rf $(VENV) $(CLIENT)/node_modules $(CLIENT)/coverage src/cutaway/static dist build out
	rm -rf .pytest_cache .ruff_cache .hypothesis
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

# The page: built with npm into src/cutaway/static when it is absent or older than its sources.
page: $(VENV)/.run
	$(BIN)/python hatch_build.py

# A Chromium for the browser tests: CUTAWAY_CHROMIUM, PATH, Playwright's own, else from apt.
chromium: $(VENV)/.dev
	$(BIN)/python tests/browser/chromium.py

$(VENV)/.python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cutaway needs Python 3.11 or newer, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.run: $(VENV)/.python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . "hatchling>=1.27,<2"
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

$(CLIENT)/node_modules/.package-lock.json: $(CLIENT)/package.json $(CLIENT)/package-lock.json
	npm ci --prefix $(CLIENT) --no-audit --no-fund
	touch $@
