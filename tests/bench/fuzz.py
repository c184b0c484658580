"""Every format's parser fed with bytes that atheris makes up, guided by the code they reach.

    python -m tests.bench.fuzz --seconds 600 [--format .pdf]

It needs the extra ``bench``. A parser may read or refuse; any other exception is a crash, and so
are ten seconds or a gigabyte for one input. The input of a crash is kept in the folder ``--keep``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.registry import FORMATS
from corpus.samples import samples_folder
from tests.bench.datasets import table

SLOWEST, LARGEST = 10, 1_024
INSTRUMENTED = ["corpus", "pypdf", "docx", "feedparser", "warcio"]


def main() -> None:
    """Fuzz one format in this process, or each in one of its own, and tell what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=60, help="for each format")
    parser.add_argument("--format", choices=sorted(FORMATS), help="only this extension")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "newsbot-fuzz")
    options = parser.parse_args()
    try:
        import atheris  # noqa: F401
    except ImportError:
        sys.exit("atheris is not installed: pip install 'newsbot[bench]'")
    options.keep.mkdir(parents=True, exist_ok=True)
    if options.format:
        fuzz(options.format, options.seconds, options.keep)
        return
    rows, crashed = [], False
    for extension in sorted(FORMATS):
        command = [sys.executable, "-m", "tests.bench.fuzz", "--format", extension]
        command += ["--seconds", str(options.seconds), "--keep", str(options.keep)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        crashed = crashed or bool(ran.returncode)
        cause = [line for line in ran.stderr.splitlines() if line.startswith(("==", "SUMMARY"))]
        rows.append([extension, "crash" if ran.returncode else "none", " ".join(cause[-1:])])
    print(table(["format", "crash", "cause"], rows))
    sys.exit(crashed)


def fuzz(extension: str, seconds: int, keep: Path) -> None:
    """Fuzz one format until a crash or the end of the time; does not return."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        parse = FORMATS[extension].parser()

    def try_one(data: bytes) -> None:
        try:
            found = list(parse(data, f"a{extension}"))
        except UnreadableArticle as error:
            assert str(error) and "\n" not in str(error), repr(str(error))
        else:
            assert all(isinstance(one, Draft | BadRecord) for one in found)

    with tempfile.TemporaryDirectory() as seeds:
        for number, seed in enumerate(_seeds(extension)):
            (Path(seeds) / str(number)).write_bytes(seed)
        limits = [f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-rss_limit_mb={LARGEST}"]
        kept = f"-artifact_prefix={keep}/{extension[1:]}-"
        atheris.Setup([sys.argv[0], *limits, "-max_len=65536", kept, seeds], try_one)
        atheris.Fuzz()


def _seeds(extension: str) -> list[bytes]:
    """Whole files to begin with: the samples, and those that the tests make."""
    from tests.corpus.formats import test_docx, test_feed, test_pdf, test_warc

    feeds = [test_feed.RSS.encode(), test_feed.ATOM.encode(), test_feed.RDF.encode()]
    made: dict[str, Callable[[], list[bytes]]] = {
        "pdf": lambda: [test_pdf.WHOLE],
        "docx": lambda: [test_docx.WHOLE],
        "feed": lambda: feeds,
        "warc": lambda: [test_warc.WHOLE, test_warc.PACKED],
    }
    samples = [path.read_bytes() for path in samples_folder().rglob(f"*{extension}")]
    return samples + made.get(FORMATS[extension].module, list)()


if __name__ == "__main__":
    main()
