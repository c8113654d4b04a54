"""SR-30: a server that cannot prove who it is gets nothing, in development no more than anywhere else."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from desktop.backend.client import BackendClient
from desktop.backend.transport import PlatformAddress
from desktop.core.errors import OfflineError
from desktop.settings import Settings
from tests.virtual_time import in_loop


def _own_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate that nobody but its owner vouches for; return it and its key."""
    pytest.importorskip("cryptography", reason="comes with the keyring of Linux")
    from cryptography import x509  # noqa: PLC0415 - it is not on every machine
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    (folder / "own.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "own.pem", folder / "key.pem"


@pytest.mark.parametrize("development", [False, True])
@in_loop
async def test_sr_30_a_server_that_cannot_prove_itself_gets_no_password(tmp_path: Path, *, development: bool) -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*_own_certificate(tmp_path))
    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    address = PlatformAddress(f"https://127.0.0.1:{port}", plain_loopback=development)
    client = BackendClient(address, client_version="0.1.0")
    try:
        with pytest.raises(OfflineError, match="tls"):
            await client.sign_in("marisol@shop.example", "a password")
        assert not await client.alive()
    finally:
        await client.aclose()
        server.close()
        await server.wait_closed()
    assert b"".join(heard) == b""


def test_sr_30_no_setting_is_about_certificates() -> None:
    words = ("cert", "tls", "ssl", "verify", "insecure", "trust")
    assert not [name for name in Settings.model_fields if any(word in name for word in words)]
