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

.PHONY: run test check bench build format pictures gallery clean page chromium test-client test-python test-browser

run: $(VENV)/.run page
	$(BIN)/cutaway

test: check test-client test-python test-browser

check: $(VENV)/.dev $(CLIENT)/node_modules/.package-lock.json
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/python -m cutaway.wire_typescript --check
	$(NPM) run check

test-client: $(CLIENT)/node_modules/.package-lock.json
	$(NPM) test

test-python: $(VENV)/.dev page
	$(BIN)/python -m pytest --ignore=tests/browser

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
