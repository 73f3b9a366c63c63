"""What would two countries' declarations look like, honest and not? A seeded world of trade for demonstration and test.

It is written apart from the parts that look for irregularities and knows nothing about them.
"""

from comity.entrypoints.demo.world.generate import World, generate_world
from comity.entrypoints.demo.world.truth import ConsignmentTruth, IrregularityKind, Truth, read_truth, write_truth
from comity.entrypoints.demo.world.write import WorldFiles, write_world

__all__ = [
    "ConsignmentTruth",
    "IrregularityKind",
    "Truth",
    "World",
    "WorldFiles",
    "generate_world",
    "read_truth",
    "write_truth",
    "write_world",
]
