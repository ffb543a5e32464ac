"""Tests of the tooling itself; `./waas test` runs them, `./waas test tools` alone."""
