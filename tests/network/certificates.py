"""An authority, a certificate for each host, and what programs are told of them."""
import ssl
import subprocess

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Certificates:
    def __init__(self, folder, hosts):
        self.folder = folder
        self.openssl("req", "-x509", *CURVE, "-keyout", "ca.key", "-days", "1", "-subj", "/CN=nodes", "-out", "ca.pem")
        for host in hosts:
            self.issue(host)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=20)

    def issue(self, host):
        (self.folder / f"{host}.names").write_text(f"subjectAltName=DNS:{host}.test\n")
        self.openssl("req", *CURVE, "-keyout", f"{host}.key", "-subj", f"/CN={host}", "-out", f"{host}.csr")
        self.openssl("x509", "-req", "-in", f"{host}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                     "-days", "1", "-extfile", f"{host}.names", "-out", f"{host}.pem")

    def options(self, host):
        """For a node of C++."""
        return ["--certificate", self.folder / f"{host}.pem", "--key", self.folder / f"{host}.key",
                "--ca", self.folder / "ca.pem"]

    def erlang_options(self, host):
        both = ", ".join([f'{{certfile, "{self.folder}/{host}.pem"}}', f'{{keyfile, "{self.folder}/{host}.key"}}',
                          f'{{cacertfile, "{self.folder}/ca.pem"}}', "{verify, verify_peer}"])
        file = self.folder / f"{host}.conf"
        file.write_text(f"[{{server, [{both}, {{fail_if_no_peer_cert, true}}]}}, {{client, [{both}]}}].\n")
        return ["-proto_dist", "inet_tls", "-ssl_dist_optfile", file]

    def context(self, host):
        """For a stranger that shows the certificate of a host."""
        made = ssl.create_default_context(cafile=self.folder / "ca.pem")
        made.load_cert_chain(self.folder / f"{host}.pem", self.folder / f"{host}.key")
        return made
