# Every target prepares the machine by itself (packaging/bootstrap.sh); the second run costs a second.
SHELL := /bin/bash
PREPARE := packaging/bootstrap.sh
.PHONY: demo test unit lint format bench soak joinserver clean

demo: ## a whole practice day: servers, a simulated customer and the app
	@$(PREPARE) demo python -m desktop.practice $(ARGS)

test: ## everything but lint: unit, pages, join server, real servers, end to end
	@$(PREPARE) test python -m pytest $(ARGS)

unit: ## the fast part, under a minute: rules, flows, pages, models; no whole app, no join server
	@$(PREPARE) test python -m pytest -n 2 --dist loadfile -m "not server and not end2end" \
	  --ignore=tests/app --ignore=tests/acceptance --ignore=tests/joinserver $(ARGS)

lint: ## format, lint, types, import walls
	@$(PREPARE) lint ruff format --check .
	@$(PREPARE) lint ruff check .
	@$(PREPARE) lint mypy
	@$(PREPARE) lint lint-imports

format: ## put every file into the house's form
	@$(PREPARE) lint ruff format .
	@$(PREPARE) lint ruff check --fix .

bench: ## the app measured beside a browser client, its window, then the join server under load; writes build/bench.json
	@$(PREPARE) bench python -m benchmarks $(ARGS)
	@$(PREPARE) bench python -m benchmarks.four_tiles $(TILES_ARGS)
	@$(PREPARE) bench python -m benchmarks.gui_gaps $(GAPS_ARGS)
	@$(PREPARE) bench python -m benchmarks.floods $(FLOOD_ARGS)
	@$(PREPARE) bench python -m benchmarks.loss $(LOSS_ARGS)
	@$(PREPARE) bench python -m benchmarks.publish $(PUBLISH_ARGS)
	@$(PREPARE) bench python -m benchmarks.talk_key $(KEY_ARGS)
	@$(PREPARE) bench python -m benchmarks.joinserver_load $(LOAD_ARGS)

soak: ## hours of faults against real servers; writes build/soak.json; a tenth of it: SOAK_ARGS="--soak-scale 0.1"
	@$(PREPARE) test python -m pytest tests/faults -m soak --timeout 0 -o faulthandler_timeout=0 -s --soak-scale 1 $(SOAK_ARGS)

joinserver: ## the join server alone, with the demo data, on http://127.0.0.1:8787
	@$(PREPARE) lint python -m desktop.joinserver --dev --demo-data $(ARGS)

clean: ## the environment and what was built; the cache with livekit-server stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
