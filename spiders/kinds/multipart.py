"""multipart/form-data whose parts are JSON files, as the EU search wants them (RFC 7578)."""

import json

_BOUNDARY = "varde-form-7d1f0c2b9a"


def json_parts(**parts: object) -> tuple[str, bytes]:
    """Content type and body. The boundary is always the same, so that the same question has the same hash."""
    pieces = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="blob"\r\n'
        f"Content-Type: application/json\r\n\r\n{json.dumps(value)}\r\n"
        for name, value in parts.items()
    ]
    return f"multipart/form-data; boundary={_BOUNDARY}", ("".join(pieces) + f"--{_BOUNDARY}--\r\n").encode()
