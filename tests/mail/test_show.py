"""`switchboard mail show`, through the real command line."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mail.build import file, mail, mixed, text

COMMAND = Path(sys.executable).with_name("switchboard")
KEYS = [
    "from", "to", "subject", "date", "message_id", "in_reply_to", "language", "text", "quoted", "signature",
    "attachments", "automatic",
]  # fmt: skip


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [str(COMMAND), "mail", "show", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)


def shown(result: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    assert result.returncode == 0, result.stderr
    assert result.stderr == b""
    found: dict[str, Any] = json.loads(result.stdout.decode("utf-8"))
    assert list(found) == KEYS
    return found


def test_it_prints_what_is_understood_of_a_mail(tmp_path: Path) -> None:
    quoted = "Anna <anna@shop.example> 于2026年5月6日 10:02写道：\n\n> 何时？"
    said = f"您好，\n\n样品已经寄出，价格12€，请查收。\n\n祝好\n李伟\n\n{quoted}\n"
    part = b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    raw = mixed(
        part + said.encode("gb18030"),
        file(b"%PDF-1.7\n", "../../x", "application/pdf"),
        To='"Berg, Anna" <Anna@shop.example>, desk@shop.example',
        Message_ID="<1@ningbo.example>",
        In_Reply_To="<0@shop.example>",
        Date="Wed, 06 May 2026 18:02:00 +0800",
    )
    path = tmp_path / "mail.eml"
    path.write_bytes(raw)
    assert shown(run(str(path))) == {
        "from": "Li Wei <liwei@ningbo.example>",
        "to": ["Berg, Anna <anna@shop.example>", "desk@shop.example"],
        "subject": "Order 4711",
        "date": "2026-05-06T10:02:00+00:00",
        "message_id": "<1@ningbo.example>",
        "in_reply_to": "<0@shop.example>",
        "language": "zh",
        "text": "您好，\n\n样品已经寄出，价格12€，请查收。",
        "quoted": quoted,
        "signature": "祝好\n李伟",
        "attachments": [{"name": "x", "type": "application/pdf", "size": 9}],
        "automatic": None,
    }


def test_it_reads_standard_input() -> None:
    found = shown(run("-", given=mail(b"Dear Anna, the goods are ready.", Auto_Submitted="auto-replied")))
    assert (found["text"], found["language"]) == ("Dear Anna, the goods are ready.", "en")
    assert found["automatic"] == "auto_reply"


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 100, b"Subject: x", mixed(text("x"))[:150]])
def test_it_prints_something_for_any_bytes(raw: bytes) -> None:
    shown(run("-", given=raw))


def test_it_says_in_a_sentence_that_a_file_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.eml", tmp_path):
        result = run(str(path))
        assert result.returncode == 1
        assert result.stdout == b""
        assert result.stderr.decode().startswith(f"{path} cannot be read: ")
        assert result.stderr.decode().count("\n") == 1


def test_it_prints_utf_8_whatever_the_terminal_claims() -> None:
    command = [str(COMMAND), "mail", "show", "-"]
    result = subprocess.run(
        command,
        input=mail("您好，样品已经寄出。".encode()),
        capture_output=True,
        check=False,
        timeout=60,
        env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"},
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["text"] == "您好，样品已经寄出。"
