"""`switchboard triage classify` and `evaluate`, as a person would run them."""

import json
from pathlib import Path

from typer.testing import CliRunner

from bot.triage.cli import triage

_KEYS = {"category", "confidence", "asks", "language", "priority", "why"}


def _classify(given: str | bytes) -> list[dict[str, object]]:
    result = CliRunner().invoke(triage, ["classify"], input=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_it_writes_one_line_for_each_it_reads() -> None:
    found = _classify('{"text": "Where is my parcel?"}\n{"text": "我要退货"}\n')
    assert [set(line) for line in found] == [_KEYS, _KEYS]
    assert [line["category"] for line in found] == ["order_status", "return_refund"]
    assert [line["language"] for line in found] == ["en", "zh"]


def test_it_says_what_is_wrong_with_a_line_and_goes_on() -> None:
    given = b'nonsense\n{"txt": 1}\n[1]\n{"text": null}\n\xff\xfe\n' + b"[" * 100_000 + b"\n"
    found = _classify(given + b'{"text": "\\ud800 cancel my order"}\n\n{"text": "I forgot my password"}')
    assert [set(line) for line in found] == [{"error"}] * 6 + [_KEYS] * 2
    assert found[0]["error"] == 'Line 1: this is not JSON. Write {"text": "..."}.'
    assert [line["category"] for line in found[6:]] == ["change_cancel_order", "account"]


def test_it_scores_old_tickets(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text(
        "body,kind\nI forgot my password,Account\nWhere is my parcel?,order_status\n"
        "Where is my parcel?,account\nhello,nonsense\n,account\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(triage, ["evaluate", str(file), "--text", "body", "--category", "kind"])
    assert result.exit_code == 0, result.output
    assert "3 tickets" in result.output
    assert "Right: 67%" in result.output
    assert "Left out: 1 with the category “nonsense”" in result.output


def test_it_says_why_a_file_cannot_be_scored(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    result = CliRunner().invoke(triage, ["evaluate", str(file)])
    assert result.exit_code == 1
    assert "it has no column “text”; it has a, b." in result.stderr
    result = CliRunner().invoke(triage, ["evaluate", str(tmp_path / "none.csv")])
    assert "cannot be scored: No such file or directory." in result.stderr
