# SPDX-License-Identifier: MIT
"""One rule that is switched off by itself."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Mutation:
    name: str
    rule: str     # what is no longer kept; in the words of the design's paragraphs on sync
    file: str     # below the source's root
    old: str      # stands there exactly once
    new: str
    caught: str   # "script": by scripts_test; "seeds K": by seeds of kind K (see featuresOf)
    hangs: bool = False  # it runs without end, which counts as caught
