"""``python app.py`` as it is started by hand."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.fakes.browser import free_port

APP = Path(__file__).parents[1] / "app.py"


def test_app_serves_the_page_until_ctrl_c(samples_index: Path) -> None:
    port = free_port()
    command = [sys.executable, str(APP), "--index", str(samples_index), "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline() == f"newsbot is at http://127.0.0.1:{port}\n"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as reply:
                page = reply.read().decode()
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=30)
        finally:
            running.kill()
    assert "newsbot" in page
    assert "googleapis" not in page
    assert (running.returncode, out, err) == (130, "", "")
