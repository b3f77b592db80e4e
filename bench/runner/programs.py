"""Where programs are, and how they are built."""
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "bench" / "peers"
RESULTS = ROOT / "build" / "bench"


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, **options)


def build(source=ROOT, folder=None, target="bench_peers"):
    """Builds what is measured, and returns the folder of the programs."""
    folder = folder or source / "build" / "release"
    options = ["-D", "CMAKE_BUILD_TYPE=Release", "-D", "WEBSOCK_BENCH=ON"]
    run("cmake", "-S", source, "-B", folder, "-G", "Ninja", *options, stdout=subprocess.DEVNULL)
    run("cmake", "--build", folder, "--target", target, "--parallel", os.cpu_count() or 1)
    return folder / "bench" / "programs"


def install_packages():
    """Debian's with scripts/setup, and ws for Node.js with npm; what is there already stays."""
    run(ROOT / "scripts" / "setup", "bench")
    if (PEERS / "node_modules" / "ws").is_dir() or not shutil.which("npm"):
        return
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=PEERS)


def certificate():
    """A key and a certificate for TLS, made once."""
    key, made = RESULTS / "key.pem", RESULTS / "certificate.pem"
    if not made.exists():
        RESULTS.mkdir(parents=True, exist_ok=True)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "3650", "-subj", "/CN=localhost", "-keyout", key, "-out", made, stderr=subprocess.DEVNULL)
    return ["--tls-cert", str(made), "--tls-key", str(key)]
