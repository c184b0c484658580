"""Every format's parser fed with bytes that atheris makes up, guided by the code they reach.

    python -m tests.bench.fuzz --seconds 600 [--format .pdf]

It needs the extra ``bench``. A parser may read or refuse; any other exception is a crash, and so
are ten seconds or a gigabyte for one input. The input of a crash is kept in the folder ``--keep``.
Most bytes of a ZIP archive are packed, and a changed one spoils its checksum: the files inside are
changed as a rule, and packed anew.
"""

from __future__ import annotations

import argparse
import io
import random
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from corpus.errors import UnreadableArticle
from corpus.formats.draft import BadRecord, Draft
from corpus.formats.registry import FORMATS
from corpus.samples import samples_folder
from tests.bench.datasets import table
from tests.bench.documents import documents
from tests.corpus.formats.test_docx import rewritten
from tests.corpus.formats.test_warc import PACKED

SLOWEST, LARGEST = 10, 1_024
INSTRUMENTED = ["corpus", "docx", "feedparser", "openpyxl", "striprtf", "warcio"]
ZIPPED = {".docx", ".odt", ".epub", ".pptx", ".xlsx", ".zip", ".wacz"}
READ = (".rels", "core.xml", "content.xml", "document.xml", "meta.xml", ".html", ".xhtml", ".opf",
        ".css", ".txt", ".warc", "sheet1.xml", "slide1.xml")  # fmt: skip


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
        arguments = [sys.argv[0], *limits, "-max_len=65536", kept, seeds]
        if extension in ZIPPED:
            atheris.Setup(arguments, try_one, custom_mutator=_changed_inside)
        else:
            atheris.Setup(arguments, try_one)
        atheris.Fuzz()


def _changed_inside(data: bytes, most: int, seed: int) -> bytes:
    """Change one file of a ZIP archive, and one time in ten the archive itself."""
    import atheris

    chance = random.Random(seed)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # it has been changed before, and is no archive any more
        files = {}
    if not files or chance.random() < 0.1:
        return bytes(atheris.Mutate(data, most))
    # Most files of a document are styles and settings, which are never looked at.
    read = [name for name in files if name.endswith(READ)]
    name = chance.choice(read if read and chance.random() < 0.8 else list(files))
    files[name] = bytes(atheris.Mutate(files[name], len(files[name]) + 1_000))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue() if made.tell() <= most else data


def _seeds(extension: str) -> list[bytes]:
    """Whole files to begin with: the samples, and those that measurements and tests make."""
    made = [one.data for one in documents() if one.name.endswith(extension)]
    if extension == ".docx":
        made = [rewritten(data, _without_styles) for data in made]
    samples = [path.read_bytes() for path in samples_folder().rglob(f"*{extension}")]
    return samples + made + ([PACKED] if extension == ".warc" else [])


def _without_styles(name: str, content: bytes) -> bytes:
    """Empty the large files of a document: 800 kB of styles would be parsed for each input."""
    return content if len(content) < 5_000 else b"<none/>"


if __name__ == "__main__":
    main()
