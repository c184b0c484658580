"""What every test runs under: no way out of the machine, and one index of the samples for all."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.offline import sitecustomize as offline

if TYPE_CHECKING:
    from bot.reader.tokenization import TokenizedPassage
    from index.embedding.onnx_embedder import OnnxEmbedder

_OFFLINE_FOLDER = str(Path(offline.__file__).parent)

# Before torch, transformers or gradio are imported: they read these only then. Programs that a test
# starts inherit them, and with PYTHONPATH the block on connections.
os.environ.update(
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    GRADIO_ANALYTICS_ENABLED="False",
    LANGSMITH_TRACING="false",
    OMP_WAIT_POLICY="PASSIVE",
    TOKENIZERS_PARALLELISM="false",
)
os.environ["PYTHONPATH"] = os.pathsep.join(
    [_OFFLINE_FOLDER, *filter(None, [os.environ.get("PYTHONPATH")])]
)
# The 8-bit embedding model is made once for a run of the tests, and never in the user's own cache.
# The workers of pytest-xdist inherit the folder.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _cache = tempfile.mkdtemp(prefix="newsbot-tests-cache-")
    atexit.register(shutil.rmtree, _cache, ignore_errors=True)
    os.environ["XDG_CACHE_HOME"] = _cache
    os.environ["XDG_CONFIG_HOME"] = _cache  # no newsbot.toml of the developer's
# A developer's own settings must not reach the tests; addresses of servers to test with are kept.
for _name in [name for name in os.environ if name.startswith("NEWSBOT_")]:
    _value = os.environ.pop(_name)
    if _name.startswith("NEWSBOT_TEST_"):
        os.environ[_name.removeprefix("NEWSBOT_")] = _value

# The first example of a test may load a model: a deadline would measure that.
settings.register_profile("desk", deadline=None, max_examples=100)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=30,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


class _Attempts:
    """The attempts to leave the machine that no test has been failed for yet."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._told = 0

    def new(self) -> list[str]:
        """Return the attempts since the last call, one line each, oldest first."""
        try:
            lines = self._log.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        new, self._told = lines[self._told :], len(lines)
        return new


_handle, _log_name = tempfile.mkstemp(prefix="newsbot-tests-", suffix=".log")
os.close(_handle)
os.environ[offline.LOG] = _log_name
_attempts = _Attempts(Path(_log_name))


def pytest_unconfigure() -> None:
    Path(_log_name).unlink(missing_ok=True)


@pytest.hookimpl(tryfirst=True)  # before tests are selected by their markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if report.when == "call" and report.failed and "tab" in getattr(item, "fixturenames", ()):
        from tests.fakes.pages import take_picture

        take_picture(item)
    return report


@pytest.fixture(autouse=True)
def attempts() -> Iterator[_Attempts]:
    """Fail a test in which anything tried to leave, even where a library swallowed the refusal.

    A test that provokes an attempt on purpose calls ``attempts.new()`` for it.
    """
    yield _attempts
    made = _attempts.new()
    if made:
        pytest.fail("tried to leave this machine: " + "; ".join(made), pytrace=False)


@pytest.fixture(scope="session")
def embedder() -> OnnxEmbedder:
    """The default embedder, real weights, loaded once."""
    from index.embedding.onnx_embedder import OnnxEmbedder

    return OnnxEmbedder.default()


@pytest.fixture(scope="session", autouse=True)
def passages_read_once() -> Iterator[None]:
    """Let the shipped readers read the same tokens once.

    An answer reads two dozen passages, which takes seconds where the processor has no instructions
    for 8-bit numbers, and many tests ask the same of the samples.
    """
    from bot.reader.onnx_reader import MODEL_FILE, OnnxReader
    from bot.reader.registry import SHIPPED_READER

    logits, known = OnnxReader._logits, {}

    def remembered(reader: OnnxReader, item: TokenizedPassage) -> Any:
        file = (reader.folder / MODEL_FILE).resolve()  # copies link to it
        if not file.is_relative_to(SHIPPED_READER):
            return logits(reader, item)
        key = (file, tuple(item.ids))
        if key not in known:
            known[key] = logits(reader, item)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OnnxReader, "_logits", remembered)
        yield


@pytest.fixture(scope="session")
def samples_index(tmp_path_factory: pytest.TempPathFactory, embedder: OnnxEmbedder) -> Path:
    """An index of the samples with the real model. Read it; a test that writes copies it."""
    from corpus.samples import samples_folder
    from index.builder import build_index

    folder = tmp_path_factory.mktemp("samples") / "index"
    build_index([samples_folder()], folder, embedder=embedder)
    return folder


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter of bytes by its argument: packed data differs from process to process."""
    return argname if isinstance(val, bytes) else None
