"""Holds the description of the HTTP interface against the real server: it is valid OpenAPI 3.1, and neither stricter nor
looser than what the server does. Needs BANDYER_SERVER, and the packages of requirements.txt."""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from openapi_spec_validator import validate

HERE = Path(__file__).parent
KEY = "the-api-key-of-the-tests"
SEED = "1450"
EXAMPLES = "15"

# What is tried here is the form of requests, not their number.
SETTINGS = {
    "listen": "127.0.0.1:0",
    "turn": "off",
    "api-key": KEY,
    "wrong-keys-per-minute": "1000000",
    "requests-per-second": "1000000",
    "request-burst": "1000000",
    "connections-per-address": "0",
    "log": "error,bandyer_server::server=info",
}


def start(folder):
    """A server of our own, and the address it listens on."""
    settings = [part for name, value in SETTINGS.items() for part in (f"--{name}", value)]
    command = [os.environ["BANDYER_SERVER"], "--data", f"{folder}/data", *settings]
    quiet = {**os.environ, "NO_COLOR": "1"}
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=quiet)
    for line in server.stderr:
        if found := re.search(r"127\.0\.0\.1:\d+", line):
            return server, f"http://{found[0]}"
        print(line, end="", file=sys.stderr)
    sys.exit("the server did not start")


def ask(base, method, path, body=None):
    request = urllib.request.Request(base + path, method=method, headers={"apikey": KEY})
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(request, data) as answer:
        return json.load(answer)


def furnish(base):
    """The users of the examples, and one whose token nobody's requests make void."""
    for user in ["usr_anna", "usr_bob", "keeper"]:
        ask(base, "POST", "/rest/user/create", {"id": user, "role": "plus"})
    ask(base, "POST", "/rest/chat/add", {"users": ["usr_anna", "usr_bob"]})
    ask(base, "POST", "/rest/chat/add", {"users": ["usr_anna", "keeper"]})
    credentials = {"user_id": "keeper", "expires_in": 86_400}
    return ask(base, "POST", "/rest/sdk/credentials", credentials)["access_token"]


def try_all(base, token):
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "run", f"{base}/openapi.json",
        "--checks", "all", "--exclude-checks", "positive_data_acceptance",
        "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", SEED,
        "--generation-database", "none", "--continue-on-failure", "--no-color", "--warnings", "off",
        "-H", f"apikey: {KEY}", "-H", f"Authorization: Bearer {token}",
    ]
    hooks = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(command, env=hooks, cwd=folder).returncode


def main():
    with tempfile.TemporaryDirectory() as folder:
        server, base = start(folder)
        try:
            with urllib.request.urlopen(f"{base}/openapi.json") as answer:
                validate(json.load(answer))
            print("the description is valid OpenAPI 3.1")
            return try_all(base, furnish(base))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    sys.exit(main())
