# SPDX-License-Identifier: MIT
"""The rules of sync, each with a way to switch it off: what mutation_test.py goes through."""
