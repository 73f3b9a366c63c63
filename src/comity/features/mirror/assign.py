"""Which one-to-one choice of pairs has the greatest total weight?

H. Kuhn, "The Hungarian method for the assignment problem" (1955), as shortest augmenting paths with potentials
(J. Munkres 1957; R. Jonker, A. Volgenant 1987): O(n²·m) for n rows and m columns.
"""

from __future__ import annotations

from collections.abc import Mapping

LARGEST_EXACT = 150  # rows; above, the heaviest free pair is taken first, which is within half of the best


def assign(weights: Mapping[tuple[str, str], float]) -> list[tuple[str, str]]:
    """Choose pairs so that no row and no column is used twice and the sum of weights is greatest.

    Only pairs with a positive weight are chosen; equal sums are settled by name, never by the order of the mapping.
    """
    chosen: list[tuple[str, str]] = []
    for part in _components(weights):
        rows = sorted({row for row, _ in part})
        columns = sorted({column for _, column in part})
        if min(len(rows), len(columns)) == 1 or max(len(rows), len(columns)) > LARGEST_EXACT:
            chosen += _heaviest_first(part)
        else:
            chosen += _best(part, rows, columns)
    return sorted(chosen)


def _components(weights: Mapping[tuple[str, str], float]) -> list[dict[tuple[str, str], float]]:
    """Return the weights split where nothing connects rows and columns; rows and columns may share names."""
    leader: dict[tuple[int, str], tuple[int, str]] = {}

    def find(node: tuple[int, str]) -> tuple[int, str]:
        leader.setdefault(node, node)
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    positive = {pair: weight for pair, weight in weights.items() if weight > 0}
    for row, column in sorted(positive):
        a, b = find((0, row)), find((1, column))
        leader[max(a, b)] = min(a, b)
    parts: dict[tuple[int, str], dict[tuple[str, str], float]] = {}
    for pair in sorted(positive):
        parts.setdefault(find((0, pair[0])), {})[pair] = positive[pair]
    return list(parts.values())


def _heaviest_first(part: Mapping[tuple[str, str], float]) -> list[tuple[str, str]]:
    rows: set[str] = set()
    columns: set[str] = set()
    chosen = []
    for row, column in sorted(part, key=lambda pair: (-part[pair], pair)):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            chosen.append((row, column))
    return chosen


def _best(part: Mapping[tuple[str, str], float], rows: list[str], columns: list[str]) -> list[tuple[str, str]]:
    """Solve one component; a column of its own for every row means "no pair"."""
    width = len(columns) + len(rows)
    costs = []
    for position, row in enumerate(rows):
        line = [-part.get((row, column), -1e9) for column in columns]
        line += [0.0 if other == position else 1e9 for other in range(len(rows))]
        costs.append(line)
    owner = _shortest_paths(costs, width)
    return [
        (rows[owner[j]], columns[j])
        for j in range(len(columns))
        if owner[j] >= 0 and (rows[owner[j]], columns[j]) in part
    ]


def _shortest_paths(costs: list[list[float]], width: int) -> list[int]:
    """Return for each column the row that owns it, or -1, at least total cost."""
    row_potential = [0.0] * len(costs)
    column_potential = [0.0] * (width + 1)
    owner = [-1] * (width + 1)  # the last column is where a path begins
    for row in range(len(costs)):
        owner[width] = row
        least, came_from, done = [float("inf")] * (width + 1), [width] * (width + 1), [False] * (width + 1)
        column = width
        while owner[column] != -1:
            done[column] = True
            current = owner[column]
            delta, following = float("inf"), width
            for j in range(width):
                if done[j]:
                    continue
                reduced = costs[current][j] - row_potential[current] - column_potential[j]
                if reduced < least[j]:
                    least[j], came_from[j] = reduced, column
                if least[j] < delta:
                    delta, following = least[j], j
            for j in range(width + 1):
                if done[j]:
                    row_potential[owner[j]] += delta
                    column_potential[j] -= delta
                else:
                    least[j] -= delta
            column = following
        while column != width:
            owner[column] = owner[came_from[column]]
            column = came_from[column]
    return owner[:width]
