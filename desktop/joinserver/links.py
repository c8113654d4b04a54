"""Signed links to files: an HMAC over file, expiry and disposition, good for ten minutes (SR-24)."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

LINK_LIFETIME: Final = timedelta(seconds=600)
_DISPOSITION: Final = "attachment"


class LinkSigner:
    """Makes and checks links with the server's signing secret."""

    def __init__(self, secret: bytes) -> None:
        """Keep the secret."""
        self._secret = secret

    def link(self, file_id: str, now: datetime) -> tuple[str, datetime]:
        """Return the path and query that open a file, and until when."""
        expires = now + LINK_LIFETIME
        exp = str(int(expires.timestamp()))
        return f"/api/files/{file_id}/content?exp={exp}&sig={self._sign(file_id, exp)}", expires

    def opens(self, file_id: str, exp: str, sig: str, now: datetime) -> timedelta | None:
        """Return for how long a link is still good, or None where it is not."""
        if not hmac.compare_digest(self._sign(file_id, exp).encode(), sig.encode()) or not exp.isdecimal():
            return None
        left = datetime.fromtimestamp(int(exp), UTC) - now
        return left if left > timedelta() else None

    def _sign(self, file_id: str, exp: str) -> str:
        return hmac.new(self._secret, f"{file_id}\n{exp}\n{_DISPOSITION}".encode(), hashlib.sha256).hexdigest()


def signing_secret(path: Path) -> bytes:
    """Return the secret kept at `path`, made at the first start and readable by the owner only (SR-29)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    path.chmod(0o600)
    return path.read_bytes()
