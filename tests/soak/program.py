"""The soaked process: started, asked, closed."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from cluster.rig import Rig
from soak.proxy import SpoilingProxy


def write_kubeconfig(rig: Rig, proxy: SpoilingProxy, folder: Path) -> Path:
    """Leads through the proxy, as a user whose credential plugin prints the token that is good now."""
    plugin = folder / "plugin"
    answer = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential"}
    script = f"""\
        #!{sys.executable}
        import json, pathlib
        token = pathlib.Path({proxy.token_file!r}).read_text()
        pathlib.Path({str(folder / "runs")!r}).open("a").write("x")
        print(json.dumps({{**{answer!r}, "status": {{"token": token}}}}))
        """
    plugin.write_text("\n".join(line.strip() for line in script.splitlines()))
    plugin.chmod(0o755)
    content = yaml.safe_load(rig.kubeconfig.read_text())
    content["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{proxy.port}"
    plugin_spec = {"apiVersion": answer["apiVersion"], "command": str(plugin), "interactiveMode": "Never"}
    content["users"][0]["user"] = {"exec": plugin_spec}
    path = folder / "soak.conf"
    path.write_text(yaml.safe_dump(content))
    return path


@dataclass
class Program:
    """Answers one question at a time."""

    process: Process

    @classmethod
    async def start(cls, kubeconfig: Path, direct: Path) -> Self:
        command = (sys.executable, "-m", "soak.subject", str(kubeconfig), str(direct))
        return cls(await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=64 * 1024 * 1024))

    async def ask(self, question: str) -> Any:
        """Raises RuntimeError when it does not answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{question}\n".encode())
        async with asyncio.timeout(90):
            answer = await self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"bwtop ended with {await self.process.wait()} when it was asked for {question}")
        return json.loads(answer)

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
