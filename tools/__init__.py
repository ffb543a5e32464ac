"""The developer tooling behind `./waas`; Python's standard library only."""
