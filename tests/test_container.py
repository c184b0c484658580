"""The container's files agree with the checkout, as far as can be said without an engine."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from bot.cli.main import app
from bot.settings import Settings
from corpus.samples import samples_folder
from tests.fakes.running import Capture, output_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".ci" / "container"
NAMESPACES = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
# The image's root without an engine: folders of this machine, none of which can be written, stand
# for what the build stage installs. The network is one of its own, in which nobody else is.
IMAGE_ROOT = """
read_only() { mkdir -p "/mnt$2"; mount --bind "$1" "/mnt$2"; mount -o remount,bind,ro "/mnt$2"; }
mount -t tmpfs -o mode=755 image /mnt
mkdir /mnt/data /mnt/dev /mnt/proc /mnt/tmp
mount -t tmpfs -o mode=1777 tmp /mnt/tmp  # first: the checkout may lie in it
for one in /usr /etc /bin /lib /lib64 "$PREFIX" "$BASE_PREFIX"; do
    if [ -L "$one" ]; then cp -P "$one" "/mnt$one"; else read_only "$one" "$one"; fi
done
for one in bot corpus index; do read_only "$ROOT/$one" "/opt/newsbot/$one"; done
ln -s "$PREFIX" /mnt/opt/newsbot/.venv
read_only "$XDG_CACHE_HOME/newsbot" /opt/newsbot/.cache/newsbot
read_only "$ARTICLES" /articles
mount --bind "$DATA" /mnt/data
mount --rbind /dev /mnt/dev
mount -t proc proc /mnt/proc
mount -o remount,ro /mnt
"$PREFIX/bin/python" -c 'import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 1))'  # SIOCSIFFLAGS, IFF_UP
"""
ASK = """
import base64, json, urllib.request
words = [{"role": "user", "content": "Who denied the missile attack?"}]
asked = json.dumps({"model": "newsbot", "messages": words}).encode()
login = "Basic " + base64.b64encode(b"ann:a long password").decode()
headers = {"Authorization": login, "Content-Type": "application/json"}
address = "http://127.0.0.1:7860/v1/chat/completions"
request = urllib.request.Request(address, asked, headers)
print(urllib.request.urlopen(request).read().decode())
"""
KNOWN = {
    *("FROM", "RUN", "CMD", "EXPOSE", "ENV", "COPY", "ENTRYPOINT", "VOLUME", "USER", "WORKDIR"),
    "HEALTHCHECK",
}


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile, each with what follows it on one line."""
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found = [line.partition(" ") for line in joined.splitlines() if line]
    return [(name, rest) for name, _, rest in found]


def final_stage() -> list[tuple[str, str]]:
    all_of_them = instructions()
    last = max(at for at, (name, _) in enumerate(all_of_them) if name == "FROM")
    return all_of_them[last:]


def values(name: str) -> list[str]:
    return [rest for one, rest in final_stage() if one == name]


def environment() -> dict[str, str]:
    [given] = values("ENV")
    return dict(one.split("=", 1) for one in shlex.split(given))


def services() -> dict[str, dict[str, Any]]:
    read: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = read["services"]
    return found


def test_containerfile_has_only_known_instructions() -> None:
    assert {name for name, _ in instructions()} <= KNOWN
    for _, image in (one for one in instructions() if one[0] == "FROM"):
        assert re.match(r"docker\.io/library/python:3\.11-[\w-]+( AS \w+)?$", image), image


def test_hadolint_has_no_complaints() -> None:
    program = Path(sys.executable).with_name("hadolint")
    ran = subprocess.run([program, FOLDER / "Containerfile"], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_everything_that_is_copied_is_there() -> None:
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            assert [one for one in sources if not (ROOT / one).exists()] == []


def test_build_runs_targets_of_the_makefile() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    ran = " && ".join(rest for name, rest in instructions() if name == "RUN")
    made = re.findall(r"\bmake ([a-z]+)(?: (\w+)=(\S+))?", ran)
    assert made == [("install", "VENV", "/opt/newsbot/.venv")]
    assert made[0][0] in targets
    for wanted in re.findall(r"newsbot (\w+)", ran):
        assert wanted in ("doctor", "newsbot")


def test_image_runs_as_nobody_and_writes_only_to_its_volume() -> None:
    [user] = values("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    names = [name for name, _ in final_stage()]
    assert "RUN" not in names[names.index("USER") :], "nothing is installed as the user"
    [volume] = values("VOLUME")
    assert json.loads(volume) == ["/data"]
    told = environment()
    assert told["XDG_DATA_HOME"] == "/data"
    settings = {name: value for name, value in told.items() if name.startswith("NEWSBOT_")}
    assert Settings.load(settings).index == Path("/data/index")


def test_image_is_asked_whether_it_is_well() -> None:
    [check] = values("HEALTHCHECK")
    command = json.loads(check.partition(" CMD ")[2])
    compile(command[-1], "healthcheck", "exec")
    assert values("EXPOSE") == ["7860"]
    assert ":7860/healthz" in command[-1]


@pytest.mark.parametrize("name", ["newsbot", "watch"])
def test_service_cannot_write_its_root_or_gain_rights(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [one.partition(":")[0] for one in service["tmpfs"]] == ["/tmp"]
    assert "data:/data" in service["volumes"]
    assert all(one.endswith((":/data", ":ro")) for one in service["volumes"])
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:"), "others reach it through a proxy, or by choice"


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux")
def test_image_answers_with_only_its_volume_to_write(tmp_path: Path, capsys: Capture) -> None:
    if subprocess.run([*NAMESPACES, "true"], capture_output=True).returncode:
        pytest.skip("may not make namespaces")
    assert output_of(capsys, "doctor", "--index", tmp_path / "none")[0] == 0  # as the build does
    articles, data = tmp_path / "articles", tmp_path / "data"
    for folder in (articles, data):
        folder.mkdir()
    shutil.copy(samples_folder() / "baghdad-embassy.txt", articles)
    [user], [health] = values("USER"), values("HEALTHCHECK")
    os.chown(data, *map(int, user.split(":")))
    told = (*values("ENTRYPOINT"), *values("CMD"), health.partition(" CMD ")[2])
    entry, command, check = map(json.loads, told)
    given = environment() | {"PYTHONPATH": "/opt/newsbot"}  # where the image has it installed
    given["PATH"] = given["PATH"].replace("$PATH", "/usr/local/bin:/usr/bin:/bin")
    inside = ["chroot", f"--userspec={user}", "/mnt", "env", "-i", "-C", *values("WORKDIR")]
    inside += [f"{name}={value}" for name, value in given.items()]

    def run(*words: str) -> str:
        return shlex.join([*inside, *words])

    script = f"""set -eu {IMAGE_ROOT}
        {run(*entry, "index", "/articles")}
        {run(*entry, "doctor")}
        echo a long password | {run(*entry, "user", "add", "ann")}
        {run(*entry, *command)} &
        until {run(*check)} 2>/dev/null; do kill -0 $!; done
        {run("python", "-c", ASK)}"""
    folders = {
        "PREFIX": sys.prefix,
        "BASE_PREFIX": sys.base_prefix,
        "ROOT": str(ROOT),
        "ARTICLES": str(articles),
        "DATA": str(data),
    }
    ran = subprocess.run(
        [*NAMESPACES, "bash", "-c", script],
        env=os.environ | folders,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert "1 added" in ran.stdout and "ann can log in" in ran.stdout
    answer = json.loads(ran.stdout.splitlines()[-1])
    assert "Kataib Hezbollah" in answer["choices"][0]["message"]["content"]
    assert ran.stderr == ""
    assert {os.stat(one).st_uid for one in data.iterdir()} == {int(user.partition(":")[0])}


def test_service_is_built_from_the_containerfile() -> None:
    build = services()["newsbot"]["build"]
    context = (FOLDER / build["context"]).resolve()
    assert context == ROOT
    assert (context / build["dockerfile"]).is_file()


def test_commands_are_newsbots_own() -> None:
    root: Any = typer.main.get_command(app)
    [entry], [image] = values("ENTRYPOINT"), values("CMD")
    assert json.loads(entry) == ["newsbot"]
    for command in (json.loads(image), *(one["command"] for one in services().values())):
        context = root.commands[command[0]].make_context("newsbot", command[1:])
        assert context.params
