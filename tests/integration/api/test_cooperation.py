import base64

import pytest

from comity.cooperation.ledger.append import NewEntry, append
from comity.cooperation.ledger.checkpoint import read_checkpoint
from comity.cooperation.ledger.store import entries_of, head
from comity.cooperation.ledger.tree import verify_consistency, verify_inclusion


@pytest.fixture
def filled(node):
    """Return the roots of the log after each of seven entries."""
    roots = {}
    for number in range(7):
        with node.database.transaction() as session:
            append(session, [NewEntry("decision", f"s{number}", b"statement")], node.clock)
            roots[number + 1] = head(session).root
    return roots


def proof_of(answer):
    assert answer.status_code == 200, answer.text
    return [base64.b64decode(part) for part in answer.json()["proof"]]


def test_the_checkpoint_is_signed_by_the_node(node, client, filled):
    checkpoint = read_checkpoint(client.get("/ledger/checkpoint").text, node.identity)

    assert (checkpoint.size, checkpoint.root) == (7, filled[7])


def test_an_inclusion_proof_verifies(node, client, filled):
    with node.database.reading() as session:
        entry = entries_of(session, "s3")[0]

    proof = proof_of(client.get("/ledger/inclusion", params={"index": entry.index, "size": 7}))

    verify_inclusion(entry.leaf_hash, index=entry.index, size=7, proof=proof, root=filled[7])


def test_a_consistency_proof_verifies(client, filled):
    proof = proof_of(client.get("/ledger/consistency", params={"from": 3, "to": 7}))

    verify_consistency(old_size=3, old_root=filled[3], new_size=7, new_root=filled[7], proof=proof)


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/inclusion?index=7&size=7",
        "/ledger/inclusion?index=-1&size=7",
        "/ledger/inclusion?index=0&size=8",
        "/ledger/consistency?from=5&to=3",
        "/ledger/consistency?from=0&to=8",
        "/ledger/consistency?from=one&to=2",
        "/ledger/consistency",
    ],
)
def test_a_proof_of_what_is_not_there_is_refused(client, filled, path):
    answer = client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (422, "api.parameter-invalid")


def test_health_tells_the_head_of_the_log_and_what_waits(client, filled):
    health = client.get("/health").json()

    assert (health["status"], health["authority"]) == ("ok", "UG")
    assert health["ledger"] == {"size": 7, "root": filled[7].hex()}
    assert health["outbox_waiting"] == 0


@pytest.mark.parametrize("body", [b"", b"noise", b"\x00" * 5000, b"{}"])
def test_a_batch_that_is_none_is_refused_by_name(client, body):
    answer = client.post("/exchange/batch", content=body)

    assert 400 <= answer.status_code < 500
    assert answer.json()["code"].startswith("exchange.")
